/**
 * Why a request is not a webhook of yours. The receivers in other languages use the same codes, and all are tested with
 * the same cases (`receivers/vectors.json`). The last two come from receivers, which read the body themselves, and not from
 * `verify`.
 */
export type WebhookVerificationCode =
  | 'signature.missing'
  | 'signature.malformed'
  | 'signature.mismatch'
  | 'id.missing'
  | 'id.malformed'
  | 'timestamp.missing'
  | 'timestamp.malformed'
  | 'timestamp.too_old'
  | 'timestamp.too_new'
  | 'body.malformed'
  | 'body.parsed'
  | 'secret.missing'
  | 'secret.malformed'
  | 'body.too_large'
  | 'body.incomplete'

/** The one error of this library. Its message is for your log: it never holds a secret or a right signature. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'
  readonly code: WebhookVerificationCode

  constructor(code: WebhookVerificationCode, message: string) {
    super(message)
    this.code = code
  }
}
