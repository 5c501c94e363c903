import { type Figure, percentile } from './parts/figure.ts'
import { startReceiverProcess } from './parts/receiver-process.ts'
import { callServer, startServerProcess } from './parts/server-process.ts'

const JOBS_PER_SECOND = 200
const DURATION_MS = 15_000
const WARM_UP_MS = 3_000

/** B3: from sending the dispatch to the arrival of the webhook, at a steady rate, with the real server as a process. */
export async function measureLatency(): Promise<Figure[]> {
  const receiver = await startReceiverProcess({ keepIds: true })
  const server = await startServerProcess()
  const webhook = { enabled: true, url: receiver.url, secret: 'a-secret-of-usual-length' }
  await callServer(server.origin, 'PATCH', '/api/v1/webhooks/default', webhook)

  await dispatchSteadily(server.origin, WARM_UP_MS)
  await receiver.report()
  const sent = await dispatchSteadily(server.origin, DURATION_MS)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const { arrivals } = await receiver.report()
  await server.stop()
  receiver.stop()

  const arrivedMs = new Map(arrivals)
  const latencies = [...sent].map(([id, sentMs]) => (arrivedMs.get(id) ?? Number.POSITIVE_INFINITY) - sentMs)
  latencies.sort((left, right) => left - right)
  const details = `${latencies.length} jobs, ${JOBS_PER_SECOND}/s, dispatch sent → webhook received`
  const figure = (share: number, atMost: number): Figure => ({
    id: 'B3',
    what: `job to webhook, p${share * 100}`,
    value: percentile(latencies, share),
    unit: 'ms',
    goal: { atMost },
    details,
  })
  return [figure(0.5, 15), figure(0.99, 60)]
}

/** Dispatches on a fixed timetable, whatever the answers do; gives when each job's dispatch was sent. */
async function dispatchSteadily(origin: string, durationMs: number): Promise<Map<string, number>> {
  const sent = new Map<string, number>()
  const underWay: Promise<void>[] = []
  const startedMs = performance.now()
  const content = 'Call +1 201 555 0123 or write to anna@example.com'
  for (let index = 0; index < (JOBS_PER_SECOND * durationMs) / 1_000; index++) {
    const dueMs = startedMs + (index * 1_000) / JOBS_PER_SECOND
    const delayMs = dueMs - performance.now()
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
    const sentMs = performance.timeOrigin + performance.now()
    underWay.push(
      callServer(origin, 'POST', '/api/v1/content/detect_phones', { content }).then((answer) => {
        sent.set((answer as { job_id: string }).job_id, sentMs)
      }),
    )
  }
  await Promise.all(underWay)
  return sent
}
