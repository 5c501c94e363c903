/**
 * A running `ringback serve`. Only a process that is entered is leased anything; what one that was released meanwhile
 * writes is written as unleased, for others to claim. Jobs and deliveries are leased to a process, and the process renews one row for all of
 * them: a heartbeat costs one statement, however much is under way.
 */
export interface ProcessRow {
  readonly id: string
  /** Where its pid means something: machine, boot and pid namespace. */
  readonly host: string
  /** 0 for the lease of a worker (`worker-jobs.ts`), which is as long as the worker wanted. */
  readonly pid: number
  readonly startedAt: number
  /** When its leases end unless it renews them. */
  readonly expiresAt: number
}

export interface ProcessStore {
  insertProcess(process: ProcessRow): Promise<void>
  listProcesses(): Promise<ProcessRow[]>
  /** Renews all leases of a process. Gives false when it was released meanwhile: it owns nothing any more. */
  renewProcess(processId: string, expiresAt: number): Promise<boolean>
  /**
   * Ends a process and gives back all it had leased, in one transaction: its jobs are due at `now`; its deliveries are
   * due at `now` with an `interrupted` attempt on record, which spends none of their schedule.
   * With `expiredBefore`, only if its leases had ended by then (somebody may have renewed meanwhile).
   */
  releaseProcess(processId: string, now: number, options?: { expiredBefore?: number }): Promise<ReleasedWork | null>
}

export interface ReleasedWork {
  readonly jobs: number
  readonly deliveries: number
}
