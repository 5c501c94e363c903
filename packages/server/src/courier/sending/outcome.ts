import type { AttemptCause } from '@ringback/contract'
import type { AttemptTiming, HeaderList } from '../../store/deliveries.ts'

/** What a receiver answered. */
export interface Answer {
  readonly status: number
  readonly headers: HeaderList
  /** What was kept of the body, as text; invalid UTF-8 replaced. */
  readonly body: string
  /** More was sent than was kept. */
  readonly truncated: boolean
}

/** What came of one HTTP request: an answer, or the step that failed, or both when the body never ended. */
export interface SendOutcome {
  readonly answer: Answer | null
  /** Null when a whole answer came, whatever its status. */
  readonly failure: { readonly cause: AttemptCause; readonly message: string } | null
  readonly remoteAddress: string | null
  readonly timing: AttemptTiming
}

/** Of a request that never left. */
export const NOTHING_SENT: Omit<SendOutcome, 'failure'> = {
  answer: null,
  remoteAddress: null,
  timing: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 },
}
