import { hash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { InboxReport } from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { isoTime } from '../../lib/iso-time.ts'
import { secretText } from '../../lib/secret-text.ts'
import type { HeaderList } from '../../store/deliveries.ts'
import { type ReceivedRequest, verifyWebhookSignature, verifyXSignature } from './verify.ts'

/** Bodies have less: a result over 256 KiB is left out. */
const BODY_BYTES_MAX = 1024 * 1024

/** Only this machine, whatever the server listens on. */
const LOOPBACK = '127.0.0.1'

/** A secret that a webhook is expected to be signed with, and whose it is. */
export interface ExpectedSecret {
  readonly secret: string
  readonly owner: InboxReport['secret']
}

/** A receiver of webhooks like those that customers write: a server with a socket that knows nothing of deliveries. */
export interface InboxReceiver {
  readonly port: number
  /** Opens a path for one request that will be signed with this secret; `close` ends it. */
  expect(expected: ExpectedSecret): { readonly path: string; close(): void }
  close(): Promise<void>
}

/**
 * Starts a receiver on a free port of the loopback address. It takes requests only at paths of 256 random bits that were
 * opened before, so other programs of the machine find nothing there.
 */
export async function startInboxReceiver(clock: Clock): Promise<InboxReceiver> {
  const expected = new Map<string, ExpectedSecret>()

  async function receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const secret = expected.get(incoming.url ?? '')
    if (secret === undefined || incoming.method !== 'POST') return answer(response, 404, { received: false })
    const body = await readBody(incoming)
    if (body === null) return answer(response, 413, { received: false })
    const report = examine({ headers: pairs(incoming.rawHeaders), body }, secret, clock.now())
    const isVerified = report.x_signature === 'verified' && report.webhook_signature === 'verified'
    // A receiver that is not sure who sent it takes nothing.
    answer(response, isVerified ? 200 : 401, report)
  }

  const server = createServer((incoming, response) => {
    receive(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, LOOPBACK, () => resolve())
  })
  // It must not keep alive a process that has ended everything else.
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    expect(secret) {
      const path = `/${secretText()}`
      expected.set(path, secret)
      return { path, close: () => expected.delete(path) }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function examine(request: ReceivedRequest, { secret, owner }: ExpectedSecret, now: number): InboxReport {
  return {
    received_at: isoTime(now),
    headers: request.headers.map(([name, value]) => [name, value]),
    body_bytes: request.body.length,
    body_sha256: hash('sha256', request.body, 'hex'),
    x_signature: verifyXSignature(request, secret),
    webhook_signature: verifyWebhookSignature(request, secret, now),
    secret: owner,
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** All bytes of the body; null when there are too many. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > BODY_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function pairs(raw: readonly string[]): HeaderList {
  return Array.from({ length: raw.length / 2 }, (_, index): [string, string] => [
    raw[2 * index] ?? '',
    raw[2 * index + 1] ?? '',
  ])
}
