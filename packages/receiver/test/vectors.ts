import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { SignatureScheme } from '../src/verify.ts'

/** One case that every receiver library judges alike. */
export interface VectorCase {
  readonly name: string
  readonly scheme: SignatureScheme
  readonly secrets: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  /** The body is one of these three: its text, its bytes, or texts with how often each is repeated. */
  readonly body?: string
  readonly body_base64?: string
  readonly body_parts?: readonly (readonly [text: string, times: number])[]
  /** `ok`, or the code of the error. */
  readonly expected: string
}

interface Vectors {
  readonly now_seconds: number
  readonly tolerance_seconds: number
  readonly cases: readonly VectorCase[]
}

/** The folder of the receivers in other languages, with a slash at the end. */
export const receiversFolder = fileURLToPath(new URL('../../../receivers/', import.meta.url))

export const vectors = JSON.parse(readFileSync(`${receiversFolder}vectors.json`, 'utf8')) as Vectors

export const vectorsNowMs = vectors.now_seconds * 1_000

export function bodyOf({ body, body_base64, body_parts }: VectorCase): string | Buffer {
  if (body_parts) return body_parts.map(([text, times]) => text.repeat(times)).join('')
  return body ?? Buffer.from(body_base64 ?? '', 'base64')
}
