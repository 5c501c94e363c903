import type { Prng } from '../harness/prng.ts'
import { callApi } from '../harness/ringback.ts'

/** A job that was dispatched, and what must come of it. */
export interface DispatchedJob {
  readonly type: string
  readonly status: 'success' | 'failed'
  /** Where its webhook must arrive. */
  readonly url: string
}

/** Clients that dispatch without pause while a server is there, and wait while none is. */
export interface Dispatching {
  /** Answered 202, by job id. */
  readonly answered: ReadonlyMap<string, DispatchedJob>
  /** No answer came: the server died meanwhile. Such a job may exist or not. */
  readonly unanswered: readonly DispatchedJob[]
  /** Answers that a client must never get. */
  readonly problems: readonly string[]
  /** Pauses so far: one for each kill. */
  readonly pauses: number
  /** Resolves when this many dispatches were answered since the last `resume`; at most {@link JOBS_PER_TURN_MAX}. */
  answeredSinceResume(count: number): Promise<void>
  /** Tells where the server is now. */
  resume(origin: string): void
  /** Nothing new is dispatched until `resume`; what is under way goes on. */
  pause(): void
  /** Ends all clients and waits for them. */
  stop(): Promise<void>
}

/** Clients at once. */
const CLIENTS = 8

/** Jobs between two pauses: keeps a fast machine from checking ten thousand jobs at the end. */
export const JOBS_PER_TURN_MAX = 100

/** The kinds of jobs, and how often. `huge` results are over the limit of a webhook and told by `result_url`. */
const KINDS = { emails: 55, phones: 20, model: 16, large: 8, huge: 1 } as const

const LARGE_EMAILS_MAX = 3_000
const HUGE_EMAILS = 17_000

const JOB_WEBHOOK_PROBABILITY = 0.3

function emailsIn(count: number): string {
  return Array.from({ length: count }, (_, index) => `person${index}@example.com`).join(' ')
}

function draw(prng: Prng): { path: string; body: object; type: string; status: DispatchedJob['status'] } {
  const offline = (task: string, content: string) => ({
    path: `/api/v1/content/${task}`,
    body: { content },
    type: `content_${task}`,
    status: 'success' as const,
  })
  switch (prng.pick(KINDS)) {
    case 'emails':
      return offline('detect_emails', `write to ${emailsIn(prng.integer(0, 3))} or not`)
    case 'phones':
      return offline('detect_phones', `call +44 20 7946 0${prng.integer(100, 999)} before noon`)
    case 'large':
      return offline('detect_emails', emailsIn(prng.integer(500, LARGE_EMAILS_MAX)))
    case 'huge':
      return offline('detect_emails', emailsIn(HUGE_EMAILS))
    case 'model':
      return {
        path: '/api/v1/content/translate',
        body: { content: 'good morning', language: 'Italian' },
        type: 'content_translate',
        // No model is configured.
        status: 'failed',
      }
  }
}

/** Starts the clients; they wait for the first `resume`. */
export function startDispatching(options: {
  readonly prng: Prng
  readonly apiKey: string
  readonly accountUrl: string
  readonly jobWebhookUrl: string
}): Dispatching {
  const answered = new Map<string, DispatchedJob>()
  const unanswered: DispatchedJob[] = []
  const problems: string[] = []
  let stopped = false
  let count = 0
  let pauses = 0
  let turn: { origin: string; jobsLeft: number } | null = null
  let answers = 0
  let awaited: { count: number; resolve: () => void } | null = null
  let wakeAll = () => {}
  let changed = new Promise<void>((resolve) => {
    wakeAll = resolve
  })

  function change(next: typeof turn) {
    turn = next
    answers = 0
    wakeAll()
    changed = new Promise((resolve) => {
      wakeAll = resolve
    })
  }

  async function dispatch(prng: Prng, origin: string): Promise<void> {
    const { path, body, type, status } = draw(prng)
    const ownUrl = prng.chance(JOB_WEBHOOK_PROBABILITY) ? `${options.jobWebhookUrl}/${count++}` : null
    const job: DispatchedJob = { type, status, url: ownUrl ?? options.accountUrl }
    const headers: Record<string, string> = ownUrl === null ? {} : { 'Job-Webhook': ownUrl }
    const answer = await callApi(origin, options.apiKey, 'POST', path, body, headers).catch(() => null)
    if (answer === null) return void unanswered.push(job)
    if (++answers === awaited?.count) awaited.resolve()
    if (answer.status === 202) answered.set(answer.json.job_id, job)
    else problems.push(`a dispatch was answered ${answer.status}: ${answer.text}`)
  }

  async function runClient(prng: Prng): Promise<void> {
    while (!stopped) {
      if (turn === null || turn.jobsLeft === 0) {
        await changed
        continue
      }
      turn.jobsLeft--
      await dispatch(prng, turn.origin)
    }
  }

  const clients = Array.from({ length: CLIENTS }, () => runClient(options.prng.fork()))
  return {
    answered,
    unanswered,
    problems,
    get pauses() {
      return pauses
    },
    answeredSinceResume: (count) =>
      new Promise((resolve) => {
        awaited = { count, resolve }
        if (answers >= count) resolve()
      }),
    resume: (origin) => change({ origin, jobsLeft: JOBS_PER_TURN_MAX }),
    pause() {
      pauses++
      change(null)
    },
    async stop() {
      stopped = true
      change(null)
      await Promise.all(clients)
    },
  }
}
