import { ATTEMPT_CAUSES, type AttemptCause } from '@ringback/contract'
import { describe, expect, test } from 'vitest'
import { BlockedAddressError } from '../../webhooks/url-guard.ts'
import { AnswerError } from './answer-reader.ts'
import { failureOf } from './causes.ts'
import { ConnectionClosedError } from './connection.ts'
import { SenderClosedError } from './connections.ts'
import { TlsError } from './encryption.ts'
import { InvalidHeaderError } from './request-bytes.ts'

/*
 * What real sockets throw is tested in connector.test.ts and test/hostile-receivers.test.ts. Here is what they throw on
 * other machines or at rare moments.
 */

function withCode(code: string, message = 'as the system says it'): Error {
  return Object.assign(new Error(message), { code })
}

describe('an error before there was a connection', () => {
  test.each<[AttemptCause, Error]>([
    ['dns', withCode('ENOTFOUND')],
    ['dns', withCode('EAI_AGAIN')],
    ['dns', Object.assign(withCode('ECONNREFUSED'), { syscall: 'queryA' })],
    ['dns', Object.assign(withCode('EBADRESP'), { syscall: 'queryAaaa' })],
    ['dns', Object.assign(withCode('EMFILE'), { syscall: 'getaddrinfo' })],
    ['connect', withCode('ECONNREFUSED')],
    ['connect', withCode('EHOSTUNREACH')],
    ['connect', withCode('ENETUNREACH')],
    ['connect', withCode('ETIMEDOUT')],
    ['connect', new Error('something that nobody thought of')],
    ['tls', new TlsError(withCode('CERT_HAS_EXPIRED'))],
    ['tls', new TlsError(withCode('ECONNRESET'))],
    ['blocked_address', new BlockedAddressError('receiver.example', '10.0.0.1', 'private network')],
    ['invalid_request', new InvalidHeaderError('X-Bad')],
    ['interrupted', new SenderClosedError()],
  ])('is the cause `%s`: %s', (cause, error) => {
    expect(failureOf(error, { connected: false }).cause).toBe(cause)
  })

  test('of each address of a name is told as the first one’s', () => {
    const error = new AggregateError([withCode('ECONNREFUSED', 'first'), withCode('ENETUNREACH', 'second')])
    expect(failureOf(error, { connected: false })).toEqual({ cause: 'connect', message: 'no connection: first' })
    expect(failureOf(new AggregateError([]), { connected: false }).cause).toBe('connect')
  })
})

describe('an error on a connection', () => {
  test.each<[AttemptCause, Error]>([
    ['reset', withCode('ECONNRESET')],
    ['reset', withCode('EPIPE')],
    ['reset', new ConnectionClosedError()],
    ['reset', withCode('ETIMEDOUT')],
    ['reset', withCode('EHOSTUNREACH')],
    ['reset', new Error('something that nobody thought of')],
    ['response_too_large', new AnswerError('too long', 'response_too_large')],
    ['protocol', new AnswerError('its first line has no status')],
    ['interrupted', new SenderClosedError()],
    ['tls', withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')],
    ['tls', withCode('EPROTO')],
  ])('is the cause `%s`: %s', (cause, error) => {
    expect(failureOf(error, { connected: true }).cause).toBe(cause)
  })
})

test('what is told of a blocked address is the name and the kind, not the address: it may be somebody’s secret', () => {
  const error = new BlockedAddressError('receiver.example', '10.1.2.3', 'private network')
  const { message } = failureOf(error, { connected: false })
  expect(message).toContain('receiver.example')
  expect(message).not.toContain('10.1.2.3')
})

test('every cause is one of the contract, with a sentence', () => {
  const all = [withCode('ENOTFOUND'), withCode('EPIPE'), new TlsError(new Error('x')), new Error('y')]
  for (const error of all) {
    for (const connected of [true, false]) {
      const { cause, message } = failureOf(error, { connected })
      expect(ATTEMPT_CAUSES).toContain(cause)
      expect(message).not.toBe('')
    }
  }
})
