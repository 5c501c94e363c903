import { hash } from 'node:crypto'
import { IDEMPOTENCY_KEY_LENGTH_MAX } from '@ringback/contract'
import type { FastifyRequest } from 'fastify'
import { singleHeader } from '../single-header.ts'
import { invalidRequest } from '../zod-problems.ts'

/** As Node writes header names, and as errors call it. */
const HEADER = 'idempotency-key'
const FIELD = 'header Idempotency-Key'

/** Visible ASCII and spaces between. What else a header can carry, every program on the way reads differently. */
const KEY = /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/

/**
 * The `Idempotency-Key` of a dispatch; null when there is none. It is taken as it is written: with quotation marks, as
 * the IETF draft has it, it is another key than without.
 * @throws AppError `request.invalid` when it is empty, too long, sent twice, or holds what a key cannot hold
 */
export function readIdempotencyKey(request: FastifyRequest): string | null {
  const key = singleHeader(request, HEADER, FIELD)
  if (key === null) return null
  if (key.length > IDEMPOTENCY_KEY_LENGTH_MAX) {
    throw invalidRequest([{ field: FIELD, message: `must have at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters` }])
  }
  if (!KEY.test(key)) throw invalidRequest([{ field: FIELD, message: 'must be printable ASCII, such as a UUID' }])
  return key
}

/** Stands for all parts together: SHA-256 over their JSON, so that no two lists of parts run into each other. */
export function fingerprintOf(parts: readonly (string | null)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex')
}
