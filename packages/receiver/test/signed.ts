import { Webhook } from 'standardwebhooks'

export const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

/** With white space and characters beyond ASCII, so that a body that was parsed and written again would not verify. */
export const BODY = '{ "id":"1","status":"success","type":"content_translate", "result":{"content":"größer 😀"}}'

let made = 0

function nextId(): string {
  made += 1
  return `delivery-${made}`
}

/** Headers of a webhook, signed by a library that is not ours; each call is another delivery unless it is told its id. */
export function signed(
  body: string = BODY,
  { id = nextId(), secret = SECRET, at = new Date() } = {},
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

/** A promise and what settles it. */
export function gate<T = void>(): PromiseWithResolvers<T> {
  return Promise.withResolvers<T>()
}
