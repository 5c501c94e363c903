import type { ProcessRow, ProcessStore } from '../processes.ts'
import type { Database } from './database.ts'
import { RENEW_PROCESS } from './delivery-leases.ts'
import { releaseProcess } from './release-process.ts'

const INSERT_PROCESS = `insert into processes (id, host, pid, started_at, expires_at, enters_leases)
  values ($1, $2, $3, $4, $5, true)`

/** Processes and their leases. */
export function processOperations(database: Database): ProcessStore {
  return {
    async insertProcess({ id, host, pid, startedAt, expiresAt }) {
      await database.run(INSERT_PROCESS, [id, host, pid, startedAt, expiresAt])
    },
    listProcesses: () =>
      database.run<ProcessRow>(
        'select id, host, pid, started_at as "startedAt", expires_at as "expiresAt" from processes order by id',
      ),
    async renewProcess(processId, expiresAt) {
      return (await database.run(RENEW_PROCESS, [processId, expiresAt])).length > 0
    },
    releaseProcess: (processId, now, options) =>
      releaseProcess(database, processId, now, options?.expiredBefore ?? null),
  }
}
