import { lookup } from 'node:dns'
import type { ListenerAnswer, ListenerDeliveryEvent } from '@ringback/contract'
import { LISTENER_CAUSES } from '@ringback/contract'
import type { SendOutcome } from '../../courier/sending/outcome.ts'
import { createSender } from '../../courier/sending/sender.ts'
import type { Clock } from '../../lib/clock.ts'
import { CommandError, EXIT_CODES } from '../../lib/errors.ts'
import type { ConnectGuard } from '../../webhooks/connect-guard.ts'
import { MASKED } from '../../webhooks/custom-headers.ts'

/** Whoever runs the command chose the address, on their own machine. */
const OPEN_GUARD: ConnectGuard = {
  checkConnectLiteral: () => {},
  lookup: (hostname, options, callback) => lookup(hostname, options, callback),
  judgeRemote: () => ({ allowed: true }),
}

/** Longest message that the server takes. */
const MESSAGE_LENGTH_MAX = 1_000

/** Forwards deliveries to a local address, with the courier's own sender: so they are what a webhook would get. */
export interface Forwarder {
  /** The address without user name and password: they stay on this machine. */
  readonly url: string
  /** Never rejects: every failure is an answer. */
  forward(delivery: ListenerDeliveryEvent): Promise<ListenerAnswer>
  close(): void
}

/** @throws CommandError when the address is none */
export function readForwardUrl(text: string): URL {
  // `--forward 3000` and `--forward localhost:3000/hook` are what people type.
  const whole = /^\d{1,5}$/.test(text) ? `http://localhost:${text}` : /^[\w.-]+:\d/.test(text) ? `http://${text}` : text
  const url = URL.parse(whole)
  if (url !== null && /^https?:$/.test(url.protocol) && url.host !== '' && url.hash === '' && isDecodable(url))
    return url
  const problem = `"${text}" is not an address to forward to; write it like http://localhost:3000/hook`
  throw new CommandError(EXIT_CODES.usage, [problem])
}

export function createForwarder(target: URL, { clock, timeoutMs }: { clock: Clock; timeoutMs: number }): Forwarder {
  const sender = createSender({ guard: OPEN_GUARD, clock, timeoutMs })
  const url = new URL(target)
  url.username = ''
  url.password = ''
  const credentials = basicAuth(target)

  return {
    url: url.href,
    async forward(delivery) {
      const headers = delivery.headers.map(([name, value]): [string, string] => [name, value])
      const secret = new Set(delivery.secret_headers)
      if (credentials !== null && !headers.some(([name]) => name.toLowerCase() === 'authorization')) {
        secret.add(headers.push(['Authorization', credentials]) - 1)
      }
      const body = Buffer.from(delivery.body, 'utf8')
      const recorded: [string, string][] = [
        ['host', url.host],
        ['connection', 'keep-alive'],
        ...headers.map(([name, value], index): [string, string] => [name, secret.has(index) ? MASKED : value]),
        ['content-length', String(body.length)],
      ]
      return toAnswer(delivery, recorded, await sender.send({ url, headers, body }))
    },
    close: () => sender.close(),
  }
}

/** A password with a bare `%` is none that a URL can have. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

function basicAuth({ username, password }: URL): string | null {
  if (username === '' && password === '') return null
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`
}

function toAnswer(
  { delivery_id, attempt, lease_id, started_at }: ListenerDeliveryEvent,
  recorded: [string, string][],
  { answer, failure, remoteAddress, timing }: SendOutcome,
): ListenerAnswer {
  const known = LISTENER_CAUSES.find((cause) => cause === failure?.cause) ?? 'connect'
  return {
    delivery_id,
    attempt,
    lease_id,
    started_at,
    request_headers: recorded,
    response: answer && { ...answer, headers: answer.headers.map(([name, value]) => [name, value]) },
    failure: failure && { cause: known, message: failure.message.slice(0, MESSAGE_LENGTH_MAX) },
    remote_address: remoteAddress,
    timing: {
      dns_ms: timing.dnsMs,
      connect_ms: timing.connectMs,
      tls_ms: timing.tlsMs,
      first_byte_ms: timing.firstByteMs,
      total_ms: timing.totalMs,
    },
  }
}
