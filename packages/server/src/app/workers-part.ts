import type { JobWaiter } from '../jobs/job-waiter.ts'
import { newId } from '../lib/ids.ts'
import { createWorkers, type Workers } from '../workers/workers.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'

/** The accounts' own workers. */
export interface WorkersPart extends Part {
  readonly workers: Workers
}

export function createWorkersPart(
  { config, clock, random, log, store, metrics }: Ground,
  { jobWaiter, statusUrl }: { jobWaiter: JobWaiter; statusUrl: (type: string, jobId: string) => string },
): WorkersPart {
  const workers = createWorkers({
    store: jobWaiter.watchEnds(store),
    clock,
    random,
    log,
    newId,
    statusUrl,
    heldMax: config.workerJobsMax,
    waitMaxMs: config.jobWaitMaxMs,
    onEnd: metrics.countJob,
  })
  return { name: 'workers', workers, stop: () => workers.close() }
}
