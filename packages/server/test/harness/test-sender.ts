import type { SendOutcome } from '../../src/courier/sending/outcome.ts'
import { createSender, type Sender } from '../../src/courier/sending/sender.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import type { HeaderList } from '../../src/store/deliveries.ts'
import type { ResolveName } from '../../src/webhooks/name-resolver.ts'
import { createUrlGuard } from '../../src/webhooks/url-guard.ts'

/** What a test changes of a sender; the rest lets it reach loopback and ask no DNS. */
export interface TestSenderOptions {
  /** Generous by default: a test that is not about the deadline must not meet it on a busy machine. */
  readonly timeoutMs?: number
  readonly allowPrivateTargets?: readonly string[]
  readonly resolve?: ResolveName
  readonly trustedCertificates?: string[]
  readonly clock?: Clock
}

export interface TestSender extends AsyncDisposable {
  readonly sender: Sender
  send(url: string, request?: { body?: string; headers?: HeaderList }): Promise<SendOutcome>
}

const JSON_HEADERS: HeaderList = [['Content-Type', 'application/json']]

/** The real sender behind the real guard; every name leads to 127.0.0.1 unless the test resolves otherwise. */
export function openSender(options: TestSenderOptions = {}): TestSender {
  const guard = createUrlGuard({
    allowHttpTargets: true,
    allowPrivateTargets: options.allowPrivateTargets ?? ['127.0.0.0/8', '::1/128'],
    resolve: options.resolve ?? (async () => ['127.0.0.1']),
  })
  const sender = createSender({
    guard,
    clock: options.clock ?? systemClock,
    timeoutMs: options.timeoutMs ?? 10_000,
    trustedCertificates: options.trustedCertificates,
  })
  return {
    sender,
    send: (url, { body = '{"id":1}', headers = JSON_HEADERS } = {}) =>
      sender.send({ url: new URL(url), headers, body: Buffer.from(body) }),
    [Symbol.asyncDispose]: async () => sender.close(),
  }
}
