import type { ProcessRow, ProcessStore } from '../processes.ts'
import type { Database } from './database.ts'
import { releaseProcess } from './release-process.ts'

/** Processes and their leases. */
export function processOperations(database: Database): ProcessStore {
  return {
    async insertProcess({ id, host, pid, startedAt, expiresAt }) {
      await database.run('insert into processes (id, host, pid, started_at, expires_at) values ($1, $2, $3, $4, $5)', [
        id,
        host,
        pid,
        startedAt,
        expiresAt,
      ])
    },
    listProcesses: () =>
      database.run<ProcessRow>(
        'select id, host, pid, started_at as "startedAt", expires_at as "expiresAt" from processes order by id',
      ),
    async renewProcess(processId, expiresAt) {
      const rows = await database.run('update processes set expires_at = $2 where id = $1 returning 1', [
        processId,
        expiresAt,
      ])
      return rows.length > 0
    },
    releaseProcess: (processId, now, options) =>
      releaseProcess(database, processId, now, options?.expiredBefore ?? null),
  }
}
