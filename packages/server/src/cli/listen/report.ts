import type { ListenerAnswer, ListenerAttempt, ListenerDeliveryEvent, ListenerOpened } from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { clockTime, formatBody, formatMs, printable, type Style } from '../remote/terminal.ts'

/** What a listener shows. */
export interface Report {
  opened(listener: ListenerOpened, server: string, forwardUrl: string): void
  /** `recorded` is null when the answer could not be put on record; `problem` then says why. */
  attempt(
    delivery: ListenerDeliveryEvent,
    answer: ListenerAnswer,
    recorded: ListenerAttempt | null,
    problem: string | null,
  ): void
  /** What happens to the connection, in a sentence. */
  note(text: string): void
}

interface ReportOptions {
  readonly print: (line: string) => void
  readonly clock: Clock
  readonly style: Style
  /** Show the bodies too. */
  readonly bodies: boolean
}

/** Begins the lines of bodies, below the line of their delivery. */
const INDENT = '          '

/** As wide as nearly all job types, so that columns stand still. */
const TYPE_WIDTH = 28

/** For people: a line a delivery, columns that stand still, nothing that a copied line would not need. */
export function createTextReport({ print, clock, style, bodies }: ReportOptions): Report {
  const now = () => style.soft(clockTime(clock.now()))
  return {
    opened(listener, server, forwardUrl) {
      const types = listener.job_types?.join(', ') ?? 'every finished job'
      const whose =
        listener.webhook_id === null ? 'of the account' : `that webhook "${listener.webhook_name}" is told of`
      const signed =
        listener.secret ?? `with the secret of webhook "${listener.webhook_name}", as its receiver would get them`
      print(style.strong('Ringback is listening. Ctrl-C ends it.'))
      print('')
      print(`  server   ${server}`)
      print(`  forward  ${forwardUrl}`)
      print(`  told of  ${types} ${whose}`)
      print(`  signed   ${signed}`)
      if (listener.secret !== null) {
        print(`           This listener's own secret, shown once: webhook "${listener.webhook_name}" has none yet.`)
      }
      print('')
    },
    attempt(delivery, answer, recorded, problem) {
      const { type, status } = describeBody(delivery.body)
      const { response, failure, timing } = answer
      const isGood = failure === null && response !== null && response.status >= 200 && response.status < 300
      const paint = isGood ? style.good : style.bad
      const marks = [delivery.test ? 'test' : '', delivery.resend ? 'resend' : '', ofAttempt(delivery.attempt)]
      const columns = [
        now(),
        printable(type).padEnd(TYPE_WIDTH),
        status.padEnd(7),
        paint(String(response?.status ?? failure?.cause ?? '').padEnd(8)),
        formatMs(timing.total_ms).padStart(7),
        style.soft(delivery.delivery_id),
        style.soft(marks.filter(Boolean).join(' ')),
      ]
      print(columns.join('  ').trimEnd())
      if (failure !== null) print(INDENT + style.bad(printable(failure.message)))
      const next = problem ?? describeNext(recorded, clock.now())
      if (next !== null) print(INDENT + style.soft(next))
      if (!bodies) return
      print(formatBody(delivery.body, `${INDENT}> `))
      if (response?.body) print(formatBody(response.body, `${INDENT}< `))
    },
    note: (text) => print(`${now()}  ${style.soft(printable(text))}`),
  }
}

/** For programs: one JSON object a line. */
export function createJsonReport({ print, clock, bodies }: Omit<ReportOptions, 'style'>): Report {
  const line = (event: string, fields: object) =>
    print(JSON.stringify({ event, time: new Date(clock.now()).toISOString(), ...fields }))
  return {
    opened: ({ id, ...listener }, server, forwardUrl) =>
      line('listening', { listener_id: id, ...listener, server, forward: forwardUrl }),
    attempt(delivery, answer, recorded, problem) {
      const { response, failure, timing } = answer
      line('attempt', {
        delivery_id: delivery.delivery_id,
        attempt: delivery.attempt,
        ...describeBody(delivery.body),
        test: delivery.test,
        resend: delivery.resend,
        answer: response?.status ?? null,
        cause: recorded?.cause ?? failure?.cause ?? null,
        message: failure?.message ?? null,
        duration_ms: timing.total_ms,
        recorded: recorded !== null,
        problem,
        delivery_status: recorded?.status ?? null,
        next_attempt_at: recorded?.next_attempt_at ?? null,
        ...(bodies && { body: delivery.body, answer_body: response?.body ?? null }),
      })
    },
    note: (text) => line('note', { text }),
  }
}

/** Bodies are ours: `id`, `status` and `type` stand in each. */
function describeBody(body: string): { type: string; status: string } {
  const { type, status } = JSON.parse(body) as { type: string; status: string }
  return { type, status }
}

function ofAttempt(attempt: number): string {
  return attempt === 1 ? '' : `attempt ${attempt}`
}

function describeNext(recorded: ListenerAttempt | null, now: number): string | null {
  if (recorded?.status === 'failed') return 'failed: no more attempts'
  if (recorded?.status !== 'waiting' || recorded.next_attempt_at === null) return null
  return `next attempt in ${formatMs(Math.max(Date.parse(recorded.next_attempt_at) - now, 0))}`
}
