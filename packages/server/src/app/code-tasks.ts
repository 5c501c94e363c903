import type { Config } from '../config.ts'
import { loadTasks } from '../tasks/code/load-tasks.ts'
import { TASKS } from '../tasks/registry.ts'
import type { Task } from '../tasks/task.ts'

/**
 * The job types of this server: its own, and those that its `ringback.config.ts` defines.
 * @throws StartError when the file cannot be used
 */
export async function allTasks({ configFile }: Pick<Config, 'configFile'>): Promise<readonly Task[]> {
  const packageUrl = new URL('../index.ts', import.meta.url).href
  return [...TASKS, ...(await loadTasks({ file: configFile, packageUrl, known: TASKS }))]
}
