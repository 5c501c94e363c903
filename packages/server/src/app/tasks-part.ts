import { laneOf } from '../models/lane-of.ts'
import { LIST_PRICES } from '../models/list-prices.ts'
import { createTaskModel } from '../models/task-model.ts'
import { OFFLINE_LANE } from '../store/lane-health.ts'
import type { TaskRegistry } from '../tasks/registry.ts'
import { createTaskRunner, type TaskRunner } from '../tasks/run-task.ts'
import { asksModel } from '../tasks/task.ts'
import { customPath, isCustomType } from '../workflows/definition.ts'
import { createWorkflowTasks } from '../workflows/workflow-task.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'

/** The job types of the server and of its accounts, and how they run. */
export interface TasksPart extends Part {
  readonly taskRunner: TaskRunner
  /** Where jobs of a type wait: for the model, or for nothing. */
  laneOf(type: string): string
  /** Where the status of a job is answered. */
  statusUrl(type: string, jobId: string): string
  /** Load what the first job would wait for: what tasks use, and the client of the model. */
  readonly warmUps: readonly (() => Promise<void>)[]
}

export async function openTasks(ground: Ground, registry: TaskRegistry): Promise<TasksPart> {
  const { config, clock, log, store } = ground
  const modelLane = config.model === null ? OFFLINE_LANE : laneOf(config.model)
  await store.ensureLane({ id: modelLane, createdAt: clock.now() })
  const model = createTaskModel({
    config: config.model,
    vision: config.modelVision,
    clock,
    log,
    prices: config.modelPrices,
    listPrices: LIST_PRICES,
  })
  const findTask = createWorkflowTasks({ store })
  const taskRunner = createTaskRunner({ registry, findTask, model, documents: store, clock })

  return {
    name: 'tasks',
    taskRunner,
    laneOf(type) {
      const task = registry.byType(type)
      return isCustomType(type) || (task && asksModel(task)) ? modelLane : OFFLINE_LANE
    },
    statusUrl(type, jobId) {
      const path = isCustomType(type) ? customPath(type) : (registry.byType(type)?.path ?? '')
      return `${config.publicUrl}/api/v1${path}/job/status/${jobId}`
    },
    warmUps: [taskRunner.warmUp, model.warmUp],
    async stop() {
      await taskRunner.close()
      await model.close()
    },
  }
}
