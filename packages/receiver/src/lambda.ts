import type { WebhookReceiver } from './options.ts'

/** What the receiver reads of an event: API Gateway (payload 1.0 and 2.0), a function URL, or a load balancer. */
export interface LambdaEvent {
  /** Payload 1.0 and load balancers. */
  readonly httpMethod?: string | undefined
  /** Of payload 2.0 and function URLs it has the method, in `http`; it is wider here, for all others. */
  readonly requestContext?: object
  /** A load balancer with headers of several values has only the others. */
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined
  readonly body?: string | null | undefined
  readonly isBase64Encoded?: boolean | undefined
}

export interface LambdaAnswer {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: string
}

const ADVICE = 'In AWS Lambda, leave out what parses event.body, such as httpJsonBodyParser of middy.'

/**
 * A receiver as a handler of AWS Lambda. It answers after `onEvent` has ended, as Lambda stops the process with the answer;
 * when that fails, the answer is 500 and the sender tries again.
 */
export function lambdaHandler(receiver: WebhookReceiver): (event: LambdaEvent) => Promise<LambdaAnswer> {
  return async (event) => {
    const { http } = (event.requestContext ?? {}) as { readonly http?: { readonly method: string } }
    const method = http?.method ?? event.httpMethod ?? ''
    const headers = event.headers ?? event.multiValueHeaders ?? {}
    const request = { method, headers, body: bodyOf(event), advice: ADVICE }
    const { status, headers: sent, body } = await receiver.receive(request, { answer: 'after-handler' })
    return { statusCode: status, headers: sent, body }
  }
}

function bodyOf({ body, isBase64Encoded }: LambdaEvent): unknown {
  if (!isBase64Encoded || typeof body !== 'string') return body
  return Uint8Array.from(atob(body), (character) => character.charCodeAt(0))
}
