import type { LaneReport, LaneState } from './lane-health.ts'

/**
 * Where jobs wait: the provider and model that their task needs, or `offline`. What happens to the provider happens to
 * the lane, in every process.
 */
export interface LaneRow {
  readonly id: string
  /** Who takes its jobs: the runners of this server, or an account's own workers, which no runner touches. */
  readonly servedBy: 'runner' | 'worker'
  readonly state: LaneState
  readonly failures: number
  readonly limits: number
  readonly pausedUntil: number | null
}

export interface LaneStore {
  /** Enters a lane if it is new. Jobs can only be inserted into lanes that are there. */
  ensureLane(lane: { id: string; servedBy?: LaneRow['servedBy']; createdAt: number }): Promise<void>
  listLanes(): Promise<LaneRow[]>
  /**
   * Applies what a run says about its lane (`lane-health.ts`). Whoever waits for jobs hears of it when a pause has ended
   * by it. A lane that does not exist, and `offline`, take no reports.
   */
  reportLane(laneId: string, report: LaneReport, now: number): Promise<void>
}
