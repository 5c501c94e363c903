import { once } from 'node:events'
import net from 'node:net'
import type { Clock } from '../../lib/clock.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Connect } from '../sending/connection.ts'
import { NOTHING_SENT, type SendOutcome } from '../sending/outcome.ts'
import type { SendRequest } from '../sending/request-bytes.ts'
import { createSenderOver, type Sender } from '../sending/sender.ts'
import type { ExpectedSecret, InboxReceiver } from './receiver.ts'

/** Where deliveries to the inbox of an account go (ADR 0033). */
export interface Inbox {
  /** Sends one request to the receiver of this process. Never rejects: every failure is an outcome. */
  send(request: SendRequest, expected: ExpectedSecret): Promise<SendOutcome>
  close(): Promise<void>
}

/**
 * The inbox: a receiver in this process and a sender that can reach nothing else. Requests leave over a real socket and
 * are read from one, by the code that sends all webhooks; only where the socket leads is not asked of the URL. The
 * receiver is started by the first delivery.
 */
export function createInbox({ clock, timeoutMs }: { clock: Clock; timeoutMs: number }): Inbox {
  let parts: Promise<{ receiver: InboxReceiver; sender: Sender }> | null = null

  async function start() {
    // Loaded when there is an inbox: see `http/register-route.ts`.
    const { startInboxReceiver } = await import('./receiver.ts')
    const receiver = await startInboxReceiver(clock)
    const sender = createSenderOver(connectorTo(receiver.port, clock), { clock, timeoutMs })
    return { receiver, sender }
  }

  return {
    async send(request, expected) {
      parts ??= start()
      try {
        const { receiver, sender } = await parts
        const { path, close } = receiver.expect(expected)
        // `Host` is that of the address, as the record has it.
        const url = new URL(`http://${request.url.host}${path}`)
        return await sender.send({ ...request, url }).finally(close)
      } catch (error) {
        parts = null
        const message = `the inbox could not be started: ${messageOf(error)}`
        return { ...NOTHING_SENT, failure: { cause: 'connect', message } }
      }
    },
    async close() {
      const started = await parts?.catch(() => null)
      started?.sender.close()
      await started?.receiver.close()
    },
  }
}

/** Connects to that port of this machine, whatever it is asked for. */
function connectorTo(port: number, clock: Clock): Connect {
  return async function connect(_url, signal) {
    const startedMs = clock.monotonicMs()
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true, signal })
    await once(socket, 'connect')
    const timing = { dnsMs: null, connectMs: clock.monotonicMs() - startedMs, tlsMs: null }
    return { socket, remoteAddress: `127.0.0.1:${port}`, timing }
  }
}
