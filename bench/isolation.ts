import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '../packages/server/src/lib/clock.ts'
import { openSqliteStore } from '../packages/server/src/store/sqlite/sqlite.ts'
import { createDeliveryLoad, type DeliveryLoad } from './parts/delivery-load.ts'
import { type Figure, percentile } from './parts/figure.ts'
import { type ReceiverProcess, startReceiverProcess } from './parts/receiver-process.ts'

const ADDRESSES = 40
const HANGING_EVERY = 10

/** Longer than the deadline of an attempt (10 s), so that both the first hang and the breaker are in the figure. */
const DURATION_MS = 15_000
const STEADY_PER_SECOND = 300
const OUTSTANDING_HEALTHY = 256
const THROUGHPUT_COUNT = 40_000

interface Measured {
  readonly p99Ms: number
  readonly perSecond: number
}

/** B5: what healthy receivers notice when one address in ten hangs until the deadline, each time. */
export async function measureIsolation(): Promise<Figure[]> {
  const hanging = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await new Promise((resolve) => hanging.once('listening', resolve))
  const address = hanging.address()
  const hangingUrl = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}/hang`

  const baseline = await measureOnce(null)
  const beside = await measureOnce(hangingUrl)
  hanging.close()
  const details = `${ADDRESSES / HANGING_EVERY} of ${ADDRESSES} addresses hang; p99 ${beside.p99Ms.toFixed(0)} ms against ${baseline.p99Ms.toFixed(0)} ms, ${Math.round(beside.perSecond)}/s against ${Math.round(baseline.perSecond)}/s`
  return [
    {
      id: 'B5',
      what: 'healthy p99 beside hanging ones',
      value: beside.p99Ms / baseline.p99Ms,
      unit: '×',
      goal: { atMost: 2 },
      details,
    },
    {
      id: 'B5',
      what: 'healthy throughput beside them',
      value: beside.perSecond / baseline.perSecond,
      unit: '×',
      goal: { atLeast: 0.8 },
      details,
    },
  ]
}

async function measureOnce(hangingUrl: string | null): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'))
  const store = await openSqliteStore({ file: join(folder, 'ringback.db'), clock })
  const receiver = await startReceiverProcess({ keepIds: true })
  const isHanging = (place: number) => hangingUrl !== null && place % HANGING_EVERY === 0
  const urls = Array.from({ length: ADDRESSES }, (_, place) =>
    isHanging(place) && hangingUrl ? hangingUrl : `${receiver.url}/${place}`,
  )
  const load = await createDeliveryLoad(store, urls)
  const p99Ms = await measureLatency(load, receiver, isHanging)
  const perSecond = await measureThroughput(load, isHanging)
  await load.stop()
  await store.close()
  receiver.stop()
  rmSync(folder, { recursive: true })
  return { p99Ms, perSecond }
}

/** Steady load over all addresses; from the end of the job to the arrival of its webhook. */
async function measureLatency(
  load: DeliveryLoad,
  receiver: ReceiverProcess,
  isHanging: (place: number) => boolean,
): Promise<number> {
  const jobs = await load.prepare((STEADY_PER_SECOND * DURATION_MS) / 1_000)
  await receiver.report()
  const endedMs = new Map<string, number>()
  const startedMs = performance.now()
  for (const [index, job] of jobs.entries()) {
    const delayMs = startedMs + (index * 1_000) / STEADY_PER_SECOND - performance.now()
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    if (!isHanging(job.place)) endedMs.set(job.id, performance.timeOrigin + performance.now())
    void load.enqueue(job)
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const arrivedMs = new Map((await receiver.report()).arrivals)
  const latencies = [...endedMs].map(([id, sentMs]) => (arrivedMs.get(id) ?? Number.POSITIVE_INFINITY) - sentMs)
  latencies.sort((left, right) => left - right)
  return percentile(latencies, 0.99)
}

/** As fast as it goes, with a bounded number of healthy deliveries outstanding; the hanging ones come on top. */
async function measureThroughput(load: DeliveryLoad, isHanging: (place: number) => boolean): Promise<number> {
  const jobs = await load.prepare(THROUGHPUT_COUNT)
  const healthy = jobs.filter(({ place }) => !isHanging(place)).length
  let next = 0
  let outstanding = 0
  let recorded = 0
  const startedMs = performance.now()
  await new Promise<void>((resolve) => {
    const more = () => {
      while (next < jobs.length && outstanding < OUTSTANDING_HEALTHY) {
        const job = jobs[next++]
        if (!job) break
        if (!isHanging(job.place)) outstanding++
        void load.enqueue(job)
      }
      if (recorded >= healthy) resolve()
    }
    load.onRecorded = (place) => {
      if (isHanging(place)) return
      outstanding--
      recorded++
      more()
    }
    more()
  })
  return (healthy / (performance.now() - startedMs)) * 1_000
}
