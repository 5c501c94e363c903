import { afterReport, OFFLINE_LANE } from '../lane-health.ts'
import type { LaneRow, LaneStore } from '../lanes.ts'
import type { Database } from './database.ts'
import { notify } from './notify.ts'

const FIELDS = 'id, served_by as "servedBy", state, failures, limits, paused_until as "pausedUntil"'

/** Lanes and their health. */
export function laneOperations(database: Database): LaneStore {
  return {
    async ensureLane({ id, servedBy = 'runner', createdAt }) {
      await database.run(
        'insert into lanes (id, served_by, created_at) values ($1, $2, $3) on conflict (id) do nothing',
        [id, servedBy, createdAt],
      )
    },
    listLanes: () => database.run<LaneRow>(`select ${FIELDS} from lanes order by id`),
    async reportLane(laneId, report, now) {
      if (laneId === OFFLINE_LANE) return
      // Nearly all reports change nothing, and must not wait for the claims, which lock the row.
      const [seen] = await database.run<LaneRow>(`select ${FIELDS} from lanes where id = $1`, [laneId])
      if (!seen || afterReport(seen, report, now) === seen) return
      await database.transaction(async (connection) => {
        const [before] = await connection.run<LaneRow>(`select ${FIELDS} from lanes where id = $1 for no key update`, [
          laneId,
        ])
        if (!before) return
        const { state, failures, limits, pausedUntil } = afterReport(before, report, now)
        await connection.run(
          'update lanes set state = $2, failures = $3, limits = $4, paused_until = $5, probed_by = null where id = $1',
          [laneId, state, failures, limits, pausedUntil],
        )
        if (before.pausedUntil !== null && pausedUntil === null) await notify(connection, 'jobs')
      })
    },
  }
}
