import type { JobCaps } from './jobs.ts'
import { isLanePaused, LANE_PROBE_MS, OFFLINE_LANE } from './lane-health.ts'
import type { LaneRow } from './lanes.ts'
import { type Place, type Room, takeTurns } from './turns.ts'

/** A lane as a claim finds it: with the account that was served last. */
export interface ClaimedLane extends Pick<LaneRow, 'id' | 'state' | 'pausedUntil'> {
  readonly turn: string
}

/** How many jobs of an account run in a lane, in all processes. */
export interface RunningJobs {
  readonly accountId: string
  readonly lane: string
  readonly count: number
}

/** An account for which jobs are due in a lane; `due` counts as far as the claim looked. */
export interface WaitingAccount {
  readonly accountId: string
  readonly lane: string
  readonly due: number
}

/** What a claim takes of one account in one lane. */
export interface JobShare extends Place {
  readonly lane: string
}

/** Most accounts of one claim in one lane; the next claim goes on behind them. */
export const CLAIM_ACCOUNTS_MAX = 64

/** Lanes that a claim looks into: those that are not paused. */
export function openLanes<Lane extends ClaimedLane>(lanes: readonly Lane[], now: number): Lane[] {
  return lanes.filter((lane) => !isLanePaused(lane, now))
}

/** What there is room for in a lane: one in a failing one, which is the probe. */
function laneRoom(lane: ClaimedLane, running: readonly RunningJobs[], { perLane }: JobCaps): Room {
  if (lane.state === 'failing') return { left: 1 }
  if (lane.id === OFFLINE_LANE) return { left: Number.MAX_SAFE_INTEGER }
  return { left: perLane - countIn(running, (jobs) => jobs.lane === lane.id) }
}

/**
 * Divides a claim among accounts in turns ({@link takeTurns}), within the caps of accounts and lanes. `waiting` comes in
 * the order of turns: the accounts behind the one that was served last go first.
 */
export function divideJobClaim(
  lanes: readonly ClaimedLane[],
  running: readonly RunningJobs[],
  waiting: readonly WaitingAccount[],
  { limit, caps }: { limit: number; caps: JobCaps },
): { shares: JobShare[]; turns: Map<string, string> } {
  const laneRooms = new Map(lanes.map((lane) => [lane.id, laneRoom(lane, running, caps)]))
  const accountRooms = new Map<string, Room>()
  const places = waiting.map(({ accountId, lane, due }): JobShare => {
    const room = accountRooms.get(accountId) ?? {
      left: caps.perAccount - countIn(running, (jobs) => jobs.accountId === accountId),
    }
    accountRooms.set(accountId, room)
    return { accountId, lane, rooms: [{ left: due }, room, laneRooms.get(lane) as Room], share: 0 }
  })
  const last = takeTurns(places, limit)
  return { shares: places.filter(({ share }) => share > 0), turns: nextTurns(places, last) }
}

/** The account that each lane has served last: behind it the next claim begins. */
function nextTurns(places: readonly JobShare[], last: JobShare | null): Map<string, string> {
  const turns = new Map<string, string>()
  for (const place of places) if (place.share > 0) turns.set(place.lane, place.accountId)
  if (last) turns.set(last.lane, last.accountId)
  return turns
}

/** What a claim by a process writes into the row of a lane that gave a job. */
export function afterJobClaim(
  { state, pausedUntil }: ClaimedLane,
  processId: string,
  now: number,
): { pausedUntil: number | null; probedBy: string | null } {
  return state === 'failing'
    ? { pausedUntil: now + LANE_PROBE_MS, probedBy: processId }
    : { pausedUntil, probedBy: null }
}

function countIn(running: readonly RunningJobs[], matches: (jobs: RunningJobs) => boolean): number {
  return running.reduce((sum, jobs) => sum + (matches(jobs) ? jobs.count : 0), 0)
}
