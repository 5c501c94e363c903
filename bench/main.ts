import { cpus, totalmem } from 'node:os'
import { keepNewObjectsYoung } from '../packages/server/src/lib/garbage.ts'
import { measurePostgresDeliveries, measureSqliteDeliveries } from './deliveries.ts'
import { measureDispatch } from './dispatch.ts'
import { measureFullTables } from './full-tables.ts'
import { measureIsolation } from './isolation.ts'
import { measureLatency } from './latency.ts'
import { measureMemory } from './memory.ts'
import { type Figure, isReached } from './parts/figure.ts'
import { measureStart } from './start.ts'

/*
 * `npm run bench`: the figures of the design's section 6, each with its goal. Ratios within one run, because machines
 * differ. Names of figures as arguments run only these: `npm run bench -- B1 B8`.
 */

const MEASUREMENTS: Readonly<Record<string, () => Promise<Figure | Figure[]>>> = {
  B1: measureSqliteDeliveries,
  B2: measurePostgresDeliveries,
  B3: measureLatency,
  B4: measureFullTables,
  B5: measureIsolation,
  B6: measureMemory,
  B7: measureStart,
  B8: measureDispatch,
}

// As the server does (`main/run.ts`); the loads that are compared run in this process, all of them with it.
keepNewObjectsYoung()

const wanted = process.argv.slice(2)
const unknown = wanted.filter((id) => !(id in MEASUREMENTS))
if (unknown.length > 0) {
  console.error(`no such figure: ${unknown.join(', ')}; there are ${Object.keys(MEASUREMENTS).join(', ')}`)
  process.exit(64)
}

const [cpu] = cpus()
const memoryGib = Math.round(totalmem() / 2 ** 30)
console.log(`Node ${process.version}, ${process.platform} ${process.arch}`)
console.log(`${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memoryGib} GiB\n`)

const figures: Figure[] = []
for (const [id, measure] of Object.entries(MEASUREMENTS)) {
  if (wanted.length > 0 && !wanted.includes(id)) continue
  for (const figure of [await measure()].flat()) {
    figures.push(figure)
    const { what, value, unit, goal, details } = figure
    const [sign, bound] = 'atLeast' in goal ? ['≥', goal.atLeast] : ['≤', goal.atMost]
    const verdict = isReached(figure) ? 'reached' : 'MISSED'
    const shown = value >= 100 ? value.toFixed(0) : value.toFixed(2)
    console.log(`${id}  ${what.padEnd(32)} ${shown.padStart(7)} ${unit.padEnd(3)} goal ${sign} ${bound}  ${verdict}`)
    console.log(`    ${details}`)
  }
}
const missed = figures.filter((figure) => !isReached(figure))
console.log(
  missed.length === 0
    ? '\nAll goals reached.'
    : `\nMissed: ${missed.map(({ id, what }) => `${id} (${what})`).join(', ')}`,
)
process.exit(0)
