import { afterReport, type LaneReport, OFFLINE_LANE } from '../lane-health.ts'
import type { LaneRow, LaneStore } from '../lanes.ts'
import type { WorkKind } from '../store.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

const FIELDS = 'id, served_by as servedBy, state, failures, limits, paused_until as pausedUntil'

/** Lanes and their health. */
export function laneOperations(database: Database, wake: (kind: WorkKind) => void): Synchronous<LaneStore> {
  const ensure = database.prepare(
    'insert into lanes (id, served_by, created_at) values (?, ?, ?) on conflict (id) do nothing',
  )
  const list = database.prepare<LaneRow>(`select ${FIELDS} from lanes order by id`)
  const find = database.prepare<LaneRow>(`select ${FIELDS} from lanes where id = ?`)
  const setHealth = database.prepare(
    'update lanes set state = ?, failures = ?, limits = ?, paused_until = ?, probed_by = null where id = ?',
  )
  return {
    ensureLane({ id, servedBy = 'runner', createdAt }) {
      ensure.run(id, servedBy, createdAt)
    },
    listLanes: () => list.all(),
    reportLane(laneId: string, report: LaneReport, now: number) {
      const before = laneId === OFFLINE_LANE ? undefined : find.get(laneId)
      if (!before) return
      const health = afterReport(before, report, now)
      if (health === before) return
      setHealth.run(health.state, health.failures, health.limits, health.pausedUntil, laneId)
      if (before.pausedUntil !== null && health.pausedUntil === null) wake('jobs')
    },
  }
}
