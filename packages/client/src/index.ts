export { RingbackClient } from './client.ts'
export type { CustomDispatchOptions, CustomJobs, CustomWorkflowPage } from './custom.ts'
export {
  type ApiErrorFields,
  RingbackApiError,
  RingbackAuthError,
  RingbackConnectionError,
  RingbackError,
  RingbackJobFailedError,
  RingbackRateLimitError,
  RingbackRequestError,
  RingbackResponseError,
  RingbackServerError,
  RingbackTimeoutError,
} from './errors.ts'
export type { Fields, FileInput, NamedData } from './files.ts'
export type { CustomWorkflow, Job, JobCancellation, JobDetail, JobPage, Quota } from './generated/api.ts'
export type { JobMethods } from './generated/catalogue.ts'
export type * from './generated/content.ts'
export type * from './generated/ecommerce.ts'
export type * from './generated/finance.ts'
export type * from './generated/hr.ts'
export type { JobInputs, JobResults } from './generated/jobs.ts'
export type * from './generated/seo.ts'
export type * from './generated/tth.ts'
export type { JobQuery, Jobs } from './jobs.ts'
export type { Random } from './lib/chance.ts'
export type { Clock } from './lib/clock.ts'
export type {
  CallOptions,
  ClientOptions,
  DispatchOptions,
  EndedJob,
  JobFailure,
  JobHandle,
  JobRef,
  JobState,
  ResultOf,
  WaitOptions,
} from './types.ts'
export { createJobWaiter, type JobEvent, type JobWaiter } from './waiter.ts'
