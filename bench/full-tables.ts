import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '../packages/server/src/lib/clock.ts'
import { openSqliteStore } from '../packages/server/src/store/sqlite/sqlite.ts'
import { createDeliveryLoad } from './parts/delivery-load.ts'
import { type Figure, median } from './parts/figure.ts'
import { type Filling, fillDatabase } from './parts/fill.ts'
import { startReceiverProcess } from './parts/receiver-process.ts'

const ROUNDS = 5
const COUNT = 15_000
const WARM_UP_COUNT = 5_000

async function openFilled(folder: string, name: string, filling: Filling | null) {
  const file = join(folder, `${name}.db`)
  await (await openSqliteStore({ file, clock })).close()
  if (filling) fillDatabase(file, filling)
  return await openSqliteStore({ file, clock })
}

/** B4: what a delivery costs beside a million finished ones and a hundred thousand that wait for a paused address. */
export async function measureFullTables(): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'))
  const receiver = await startReceiverProcess()
  const stores = [
    await openFilled(folder, 'empty', null),
    await openFilled(folder, 'full', { finished: 1_000_000, blocked: 100_000 }),
  ] as const
  const loads = await Promise.all(stores.map((store) => createDeliveryLoad(store, [receiver.url])))
  const [empty, full] = loads as [(typeof loads)[0], (typeof loads)[0]]
  await empty.run(WARM_UP_COUNT)
  await full.run(WARM_UP_COUNT)
  const ratios: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const perSecondEmpty = await empty.run(COUNT)
    ratios.push(perSecondEmpty / (await full.run(COUNT)))
  }
  for (const load of loads) await load.stop()
  for (const store of stores) await store.close()
  receiver.stop()
  rmSync(folder, { recursive: true })
  return {
    id: 'B4',
    what: 'cost with full tables',
    value: median(ratios),
    unit: '×',
    goal: { atMost: 1.2 },
    details: `1,000,000 finished and 100,000 blocked ÷ none, median of ${ROUNDS}: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`,
  }
}
