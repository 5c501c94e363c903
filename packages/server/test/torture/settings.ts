/** The seed of this run: `RINGBACK_TORTURE_SEED`, or always the same one. Stands in the name of each test. */
export const TORTURE_SEED = Number(process.env.RINGBACK_TORTURE_SEED ?? 1)

export const TORTURE_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

/** So many retries that no delivery can fail for good: at 24 % failures, 21 in a row do not happen. */
export const TORTURE_RETRY_SCHEDULE = [50, 100, 200, ...Array<number>(17).fill(300)]
  .map((delayMs) => `${delayMs}ms`)
  .join(',')
