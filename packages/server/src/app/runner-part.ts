import { type Canceller, createCanceller } from '../jobs/cancel.ts'
import { createDispatcher, type Dispatcher } from '../jobs/dispatch.ts'
import { createJobFinisher, type LocalCourier } from '../jobs/finisher.ts'
import type { JobWaiter } from '../jobs/job-waiter.ts'
import { createRunner, type Runner } from '../jobs/runner.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'
import type { TasksPart } from './tasks-part.ts'

/** Takes jobs, runs them and ends them. */
export interface RunnerPart extends Part {
  readonly dispatcher: Dispatcher
  readonly canceller: Canceller
  readonly runner: Runner
}

export function createRunnerPart(
  ground: Ground,
  options: { readonly tasks: TasksPart; readonly courier: LocalCourier | null; readonly jobWaiter: JobWaiter },
): RunnerPart {
  const { config, clock, random, log, lease, leasing, patience, metrics, store } = ground
  const { tasks, courier, jobWaiter } = options
  const isHere = config.roles.has('runner')
  const finisher = createJobFinisher({
    store: jobWaiter.watchEnds(leasing),
    courier,
    clock,
    log,
    statusUrl: tasks.statusUrl,
    giveUp: patience.isOver,
  })
  const runner = createRunner({
    store: leasing,
    tasks: tasks.taskRunner,
    finisher,
    clock,
    random,
    log,
    lease,
    caps: config.jobCaps,
    waitMaxMs: config.jobWaitMaxMs,
    runMaxMs: config.jobRunMaxMs,
    abortRuns: patience.isOver,
    onEnd: metrics.countJob,
  })
  const dispatcher = createDispatcher({
    store: leasing,
    clock,
    runner: isHere ? runner : null,
    processId: () => lease.processId,
    laneOf: tasks.laneOf,
    caps: config.jobCaps,
  })
  metrics.showUnderWay('jobs', () => runner.underWay)
  metrics.showLate('jobs', () => store.firstJobDueAt())

  return {
    name: 'runner',
    dispatcher,
    canceller: createCanceller({ store: leasing, finisher, clock, log, lease }),
    runner,
    start() {
      if (isHere) runner.start()
    },
    stop: () => patience.drain(runner.stop()),
  }
}
