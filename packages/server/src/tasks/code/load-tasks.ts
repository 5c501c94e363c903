import { existsSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EXIT_CODES, messageOf, StartError } from '../../lib/errors.ts'
import type { Task } from '../task.ts'
import { checkTasks } from './check-tasks.ts'
import { lineOf, placeOfError } from './source-place.ts'

/** The file that is looked for when none is named. */
const DEFAULT_FILE = 'ringback.config.ts'

/** What the file imports to define tasks. */
const PACKAGE_NAME = 'ringback'

export interface TaskFile {
  /** As the setting has it; null: `ringback.config.ts` in the present folder, if it is there. */
  readonly file: string | null
  /** The module that `import … from 'ringback'` gives. */
  readonly packageUrl: string
  /** Tasks that are there already. */
  readonly known: readonly Task[]
}

/**
 * Loads the job types that are written in code. Node strips the types; `ringback` is found wherever the file lies.
 * @throws StartError (exit code `config`) with file, line and reason when the file is missing, throws, exports something
 *   else, or defines a type or path that is there already
 */
export async function loadTasks({ file, packageUrl, known }: TaskFile): Promise<readonly Task[]> {
  const path = resolve(file ?? DEFAULT_FILE)
  if (!existsSync(path)) {
    if (file === null) return []
    throw new StartError(EXIT_CODES.config, [`RINGBACK_CONFIG=${file}: there is no such file (${path})`])
  }
  const exported = await importDefault(path, packageUrl)
  const exportPlace = `${path}:${lineOf(readFileSync(path, 'utf8'), /^export default\b/m)}`
  const checked = checkTasks(exported, known, exportPlace)
  if ('problems' in checked) throw new StartError(EXIT_CODES.config, checked.problems)
  return checked.tasks
}

async function importDefault(path: string, packageUrl: string): Promise<unknown> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) => next(specifier === PACKAGE_NAME ? packageUrl : specifier, context),
  })
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
    return module.default
  } catch (error) {
    throw new StartError(EXIT_CODES.config, [`${placeOf(error, path)}: ${messageOf(error)}`], error)
  } finally {
    hooks.deregister()
  }
}

/** Where it went wrong; of an import that leads nowhere Node tells only the file and the name. */
function placeOf(error: unknown, path: string): string {
  const place = placeOfError(error)
  if (place !== null) return place
  const [, name = '', from = path] = /'([^']+)' imported from (\S+)/.exec(messageOf(error)) ?? []
  const file = existsSync(from) ? from : path
  return `${file}:${lineOf(readFileSync(file, 'utf8'), name)}`
}
