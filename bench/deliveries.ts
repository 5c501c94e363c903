import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '../packages/server/src/lib/clock.ts'
import { silentLog } from '../packages/server/src/lib/log.ts'
import { openPostgresStore } from '../packages/server/src/store/postgres/postgres.ts'
import { openSqliteStore } from '../packages/server/src/store/sqlite/sqlite.ts'
import type { Store } from '../packages/server/src/store/store.ts'
import { startPostgresCluster } from '../packages/server/test/harness/postgres-cluster.ts'
import { runBareLoad } from './parts/bare-load.ts'
import { type CpuTimes, cpuPerDelivery, cpuTimes } from './parts/cpu.ts'
import { createDeliveryLoad } from './parts/delivery-load.ts'
import { type Figure, median } from './parts/figure.ts'
import { startReceiverProcess } from './parts/receiver-process.ts'

/** Long enough that one round takes about two seconds; the two loads take turns, so that drift hits both. */
const ROUNDS = 5
const COUNT = 20_000
const WARM_UP_COUNT = 8_000

async function measure(store: Store): Promise<{ ratio: number; details: string }> {
  const receiver = await startReceiverProcess()
  const load = await createDeliveryLoad(store, [receiver.url])
  await runBareLoad(receiver.url, WARM_UP_COUNT)
  await load.run(WARM_UP_COUNT)
  const cpu = () => cpuTimes({ name: 'receiver', pid: receiver.pid })
  let prepared: CpuTimes = new Map()
  let cost = ''
  const bare: number[] = []
  const durable: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await runBareLoad(receiver.url, COUNT))
    durable.push(
      await load.run(COUNT, () => {
        prepared = cpu()
      }),
    )
    cost = cpuPerDelivery(prepared, cpu(), COUNT)
  }
  await load.stop()
  receiver.stop()
  const ratio = median(durable.map((perSecond, round) => perSecond / (bare[round] as number)))
  const details = `${Math.round(median(durable))} deliveries/s ÷ ${Math.round(median(bare))} bare POST/s, median of ${ROUNDS}${cost}`
  return { ratio, details }
}

/** B1: durable deliveries on the embedded database. */
export async function measureSqliteDeliveries(): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'))
  const store = await openSqliteStore({ file: join(folder, 'ringback.db'), clock })
  const { ratio, details } = await measure(store)
  await store.close()
  rmSync(folder, { recursive: true })
  return { id: 'B1', what: 'durable deliveries, SQLite', value: ratio, unit: '×', goal: { atLeast: 0.45 }, details }
}

/** B2: the same on PostgreSQL, with fsync on. */
export async function measurePostgresDeliveries(): Promise<Figure> {
  const cluster = await startPostgresCluster({ durable: true })
  const store = await openPostgresStore({ url: cluster.adminUrl, clock, log: silentLog })
  const { ratio, details } = await measure(store)
  await store.close()
  await cluster.stop()
  return { id: 'B2', what: 'durable deliveries, PostgreSQL', value: ratio, unit: '×', goal: { atLeast: 0.45 }, details }
}
