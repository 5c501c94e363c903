import type { Delivery, DeliveryDetail } from '@ringback/contract'

/** One moment in the life of a delivery. */
export interface TimelineItem {
  readonly kind: 'created' | 'attempt' | 'sending' | 'next' | 'end'
  readonly tone: 'ok' | 'bad' | 'warn' | 'info' | 'idle'
  readonly title: string
  readonly at: string | null
  /** Of an attempt: which one. */
  readonly attemptNumber?: number
}

const CREATED: Readonly<Record<Delivery['trigger'], string>> = {
  job: 'Job ended',
  test: 'Test asked for',
  event: 'Webhook changed its state',
}

/** Everything that happened to a delivery and what comes next, in order: from the end of the job to the next retry. */
export function timelineOf(delivery: DeliveryDetail): TimelineItem[] {
  const { attempts, created_at, trigger } = delivery
  return [
    { kind: 'created', tone: 'idle', title: CREATED[trigger], at: created_at },
    ...attempts.map(
      ({ number, cause, resend, started_at, response }): TimelineItem => ({
        kind: 'attempt',
        tone: cause === null ? 'ok' : cause === 'interrupted' ? 'idle' : 'bad',
        title: `Attempt ${number}${resend ? ', asked for by a person' : ''}${response ? `: HTTP ${response.status}` : ''}`,
        at: started_at,
        attemptNumber: number,
      }),
    ),
    ...nextItems(delivery),
  ]
}

function nextItems(delivery: DeliveryDetail): TimelineItem[] {
  const { status, next_attempt_at, finished_at, attempts } = delivery
  switch (status) {
    case 'waiting': {
      const title = attempts.length === 0 ? 'First attempt' : 'Next retry'
      return [{ kind: 'next', tone: 'warn', title, at: next_attempt_at }]
    }
    case 'sending':
      return [{ kind: 'sending', tone: 'info', title: `Attempt ${attempts.length + 1} is under way`, at: null }]
    case 'delivered':
      return []
    case 'failed':
      return [{ kind: 'end', tone: 'bad', title: 'Given up: no retry is left', at: finished_at }]
    case 'discarded':
      return [{ kind: 'end', tone: 'idle', title: 'Discarded: by a person, or with its webhook', at: finished_at }]
    default:
      return impossible(status)
  }
}

function impossible(status: never): never {
  throw new Error(`impossible status: ${String(status)}`)
}
