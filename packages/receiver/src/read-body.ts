import { WebhookVerificationError } from './errors.ts'
import { type Bytes, isRaw, type RawBody, toBytes } from './signature.ts'
import { bodyWasParsed } from './verify.ts'

/**
 * The bytes of a body, exactly as they came.
 *
 * @param body bytes, text or a stream of them; null and undefined are an empty body. Everything else was made by a parser
 * @param bytesMax of a longer one, the rest is not read
 * @param advice ends the message of `body.parsed`
 * @throws WebhookVerificationError `body.parsed`, `body.too_large` or `body.incomplete`
 */
export async function readBody(body: unknown, bytesMax: number, advice?: string): Promise<Bytes> {
  const known = isRaw(body ?? '') ? toBytes((body ?? '') as RawBody) : null
  if (known) return known.length > bytesMax ? tooLarge(bytesMax) : known
  const stream = body as AsyncIterable<string | Uint8Array>
  if (typeof stream[Symbol.asyncIterator] !== 'function') throw bodyWasParsed(advice)
  const chunks: Bytes[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      const bytes = toBytes(chunk)
      length += bytes.length
      if (length > bytesMax) break
      chunks.push(bytes)
    }
  } catch (error) {
    throw new WebhookVerificationError('body.incomplete', `The body ended before it was there: ${error}`)
  }
  if (length > bytesMax) tooLarge(bytesMax)
  return join(chunks, length)
}

function join(chunks: readonly Bytes[], length: number): Bytes {
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

function tooLarge(bytesMax: number): never {
  throw new WebhookVerificationError('body.too_large', `The body has more than ${bytesMax} bytes (bodyBytesMax).`)
}
