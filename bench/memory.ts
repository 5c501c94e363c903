import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '../packages/server/src/lib/clock.ts'
import { openSqliteStore } from '../packages/server/src/store/sqlite/sqlite.ts'
import type { Figure } from './parts/figure.ts'
import { fillDatabase } from './parts/fill.ts'
import { startServerProcess } from './parts/server-process.ts'

const WAITING = 1_000_000
const SETTLE_MS = 8_000

/** B6: the memory of the real server with a million waiting deliveries in its database. */
export async function measureMemory(): Promise<Figure[]> {
  // Elsewhere the figure of a process has another name and meaning.
  if (process.platform !== 'linux') return []
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'))
  const file = join(folder, 'ringback.db')
  await (await openSqliteStore({ file, clock })).close()
  fillDatabase(file, { finished: 0, blocked: WAITING })
  const server = await startServerProcess({ RINGBACK_DATABASE_URL: `file:${file}` })
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))
  await server.stop()
  rmSync(folder, { recursive: true })
  return [
    {
      id: 'B6',
      what: 'memory, 1,000,000 waiting',
      value: Number(match?.[1]) / 1_024,
      unit: 'MB',
      goal: { atMost: 300 },
      details: `RSS ${SETTLE_MS / 1_000} s after the start`,
    },
  ]
}
