import { fork } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import { type Figure, median } from './parts/figure.ts'
import { BENCH_API_KEY, startServerProcess } from './parts/server-process.ts'

const ROUNDS = 3
const ROUND_SECONDS = 4
const CONNECTIONS = 128

/** B8: dispatches that were answered 202, and so are on disk, against a route that does nothing. */
export async function measureDispatch(): Promise<Figure> {
  const noop = fork(new URL('./noop-server.ts', import.meta.url))
  const [{ port }] = (await once(noop, 'message')) as [{ port: number }]
  const server = await startServerProcess({ RINGBACK_ROLES: 'api', RINGBACK_LOG_LEVEL: 'info' })
  const noopUrl = `http://127.0.0.1:${port}/noop`
  const dispatchUrl = `${server.origin}/api/v1/content/detect_phones`
  await load(noopUrl, 200)
  await load(dispatchUrl, 202)
  const noops: number[] = []
  const dispatches: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    noops.push(await load(noopUrl, 200))
    dispatches.push(await load(dispatchUrl, 202))
  }
  noop.kill()
  await server.stop()
  return {
    id: 'B8',
    what: 'durable dispatch',
    value: median(dispatches.map((perSecond, round) => perSecond / (noops[round] as number))),
    unit: '×',
    goal: { atLeast: 0.3 },
    details: `${Math.round(median(dispatches))} dispatches/s ÷ ${Math.round(median(noops))} empty requests/s, median of ${ROUNDS}`,
  }
}

async function load(url: string, expectedStatus: number): Promise<number> {
  const result = await autocannon({
    url,
    method: 'POST',
    connections: CONNECTIONS,
    duration: ROUND_SECONDS,
    headers: { authorization: `Bearer ${BENCH_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'Call +1 201 555 0123 or write to anna@example.com' }),
  })
  const answered = result.statusCodeStats?.[`${expectedStatus}`]?.count ?? 0
  if (result.errors > 0 || answered !== result.requests.total) {
    throw new Error(`${url}: ${result.errors} errors, statuses ${JSON.stringify(result.statusCodeStats)}`)
  }
  return answered / result.duration
}
