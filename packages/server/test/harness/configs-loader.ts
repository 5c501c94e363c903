import { allTasks } from '../../src/app/code-tasks.ts'
import { StartError } from '../../src/lib/errors.ts'

/** What loading a `ringback.config.ts` came to. */
export interface LoadedConfig {
  /** Null when it can be used. */
  readonly exitCode: number | null
  readonly problems: readonly string[]
}

// A program: loads each of the files that are named, and prints as JSON what came of it.

const loaded: LoadedConfig[] = []
for (const configFile of process.argv.slice(2)) {
  try {
    await allTasks({ configFile })
    loaded.push({ exitCode: null, problems: [] })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    loaded.push({ exitCode: error.exitCode, problems: error.problems })
  }
}
process.stdout.write(JSON.stringify(loaded))
