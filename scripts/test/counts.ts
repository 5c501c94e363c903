/** What a part of `npm test` ran. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Each distinct reason of the skipped tests; a test that gives none is named itself. */
  readonly skipReasons: readonly string[]
  /** Each test that failed, and each error outside every test: its file, its name and what was wrong, in a few lines. */
  readonly failures: readonly string[]
}

/** The environment variable that tells the reporter where to write the counts. */
export const COUNTS_FILE_VARIABLE = 'TEST_COUNTS_FILE'
