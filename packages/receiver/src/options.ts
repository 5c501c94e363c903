import type { WebhookVerificationCode } from './errors.ts'
import type { WebhookEvent } from './events.ts'
import type { WebhookHeaders } from './headers.ts'
import type { DeliveryStore } from './store.ts'
import type { Secrets, VerifiedWebhook, VerifyOptions } from './verify.ts'

/**
 * What happened, for your log: one line for each POST, and one when its handler has ended. Bodies are left out, as they
 * hold your users' data.
 */
export type ReceiverLine =
  | {
      /**
       * `accepted`: its handler runs. `duplicate`: it was handled, or is being handled. `unavailable`: the store failed.
       * `handled`, `failed`: how its handler ended.
       */
      readonly outcome: 'accepted' | 'duplicate' | 'unavailable' | 'handled' | 'failed'
      readonly deliveryId: string
      readonly type: string
      /** How long the handler took; only with `handled` and `failed`. */
      readonly durationMs?: number
    }
  | { readonly outcome: 'refused'; readonly code: WebhookVerificationCode; readonly message: string }

export interface ReceiverOptions<Own extends string = never> extends VerifyOptions {
  /**
   * The webhook's secret, or several while it is being rotated; or a function that gives them, asked at each request. When
   * it is not a function, a missing or malformed one throws where the receiver is created.
   */
  readonly secret: Secrets | (() => Secrets | Promise<Secrets>)
  /**
   * Does the work. It may see a delivery again (its process died, or it was resent after a failure), so it must bear that.
   */
  readonly onEvent: (event: WebhookEvent<Own>, delivery: { readonly deliveryId: string }) => unknown
  /**
   * `at-once`, unless told: the answer leaves before `onEvent` begins. When that fails, the sender does not know: `onError`
   * is told, and the delivery is handled again when somebody resends it.
   * `after-handler`: the answer waits for `onEvent`, and is 500 when that fails, so that the sender tries again on its
   * schedule. Ringback waits 10 s for an answer.
   */
  readonly answer?: 'at-once' | 'after-handler'
  /** Told of each {@link ReceiverLine}, for requests before they are answered. */
  readonly log?: (line: ReceiverLine) => unknown
  /**
   * Told when `onEvent`, `log` or the store failed, and of refusals that only you can mend (`secret.*`, `body.parsed`).
   * Prints to the console unless you say otherwise.
   */
  readonly onError?: (error: unknown, webhook: VerifiedWebhook<Own> | null) => unknown
  /** Drops duplicates; in the memory of this process unless told. */
  readonly store?: DeliveryStore
  /** How long another process leaves a delivery to this one's handler: 60 s, unless told. */
  readonly leaseMs?: number
  /** How long a handled delivery is remembered: 8 days, unless told. Ringback retries for 7 days at most. */
  readonly keepMs?: number
  /** Larger bodies get 413. 1 MiB unless told. */
  readonly bodyBytesMax?: number
}

/** A request as every framework can give it. */
export interface WebhookRequest {
  readonly method: string
  readonly headers: WebhookHeaders
  /** Exactly what was received: bytes, text, or an async iterable of them. Everything else is `body.parsed`. */
  readonly body: unknown
  /** Ends the message of `body.parsed`: what to do in this framework. */
  readonly advice?: string
}

export interface WebhookAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  /** The code of an error, or a word. */
  readonly body: string
}

/** How one request is answered, where the platform asks for that. */
export interface ReceiveContext {
  /** Told of the work in the background, so that the platform goes on until it has ended. */
  readonly waitUntil?: (work: Promise<unknown>) => unknown
  /** In place of the receiver's own `answer`. */
  readonly answer?: 'at-once' | 'after-handler'
}

export interface WebhookReceiver {
  /** Answers a request of any framework. Never rejects. */
  readonly receive: (request: WebhookRequest, context?: ReceiveContext) => Promise<WebhookAnswer>
  /**
   * Answers a request of the Web. Never rejects. `context` is whatever the platform hands on beside it; of that,
   * `waitUntil` and `answer` are looked at.
   */
  readonly fetch: (request: Request, context?: ReceiveContext | object) => Promise<Response>
  /**
   * Ends gracefully: from now on requests get 503, which the sender retries, and the promise resolves when all handlers
   * under way have ended. It waits as long as they take.
   */
  readonly drain: () => Promise<void>
}
