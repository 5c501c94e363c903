import {
  LISTENER_SILENCE_MS,
  type ListenerAttempt,
  type ListenerDeliveryEvent,
  type ListenerEndReason,
} from '@ringback/contract'
import { type CancelTimer, type Clock, sleep } from '../../lib/clock.ts'
import { CommandError, EXIT_CODES, messageOf } from '../../lib/errors.ts'
import type { Random } from '../../lib/random.ts'
import { type ServerClient, ServerError } from '../remote/server-client.ts'
import type { Forwarder } from './forwarder.ts'
import { type ListenerEvent, readEvents } from './read-events.ts'
import type { Report } from './report.ts'

/** Waits between tries to connect: twice as long each time, and up to half as long again by chance. */
const RETRY_MS_MIN = 250
const RETRY_MS_MAX = 10_000

/** A stream says that it is open at once. One that says nothing for so long is held back by something on the way. */
const READY_MS = 5_000

/** How often, and how long, an answer is told again when the server cannot be reached; its own patience is 10 s. */
const ANSWER_TRIES = 6
const ANSWER_RETRY_MS = 500

export interface SessionOptions {
  readonly client: ServerClient
  readonly forwarder: Forwarder
  readonly report: Report
  /** Deadline of one attempt; null: the server's. */
  readonly timeoutMs: number | null
  readonly clock: Clock
  readonly random: Random
  /** Aborts when no more deliveries are wanted. */
  readonly stopSignal: AbortSignal
  /** Adds a listener like the first one; gives its id. Used when the first one was forgotten while we were away. */
  readonly reopen: () => Promise<string>
}

/** An attempt that is being forwarded, or whose answer is being told. */
interface InHand {
  readonly attempt: number
  readonly leaseId: string
  readonly ended: Promise<void>
}

/**
 * Holds the stream of a listener until it is to stop: connects, forwards what comes, tells what was answered, and
 * connects again when the stream breaks, naming what is in hand, so that nothing is lost and nothing comes twice.
 * When it resolves, nothing is in hand any more. Gives the id of the listener by then.
 * @throws CommandError when it cannot go on: the key was revoked, or somebody removed the listener
 */
export async function holdStream(firstId: string, options: SessionOptions): Promise<string> {
  const { client, report, clock, random, stopSignal } = options
  const inHand = new Map<string, InHand>()
  let listenerId = firstId
  /** Fetch in batches: something on the way holds back answers that have no end. */
  let once = false
  let tries = 0
  let wasReady = false

  function take(delivery: ListenerDeliveryEvent): void {
    const { delivery_id: id, attempt, lease_id: leaseId } = delivery
    const before = inHand.get(id)
    if (before?.attempt === attempt && before.leaseId === leaseId) return
    // The next attempt can come before we know that the one in hand was given up: the server was killed meanwhile.
    const ended = (before?.ended ?? Promise.resolve()).then(() => handle(listenerId, delivery, options))
    const entry = { attempt, leaseId, ended }
    inHand.set(id, entry)
    void ended.then(() => inHand.get(id) === entry && inHand.delete(id))
  }

  /** One connection, from its beginning to its end; says how it ended. */
  async function connect(): Promise<ListenerEndReason | 'broken' | 'held_back'> {
    const broken = new AbortController()
    const onStop = () => broken.abort()
    stopSignal.addEventListener('abort', onStop, { once: true })
    let end: ListenerEndReason | null = null
    let isReady = false
    let isHeldBack = false
    let cancelWatch: CancelTimer = () => {}
    const watch = (ms: number) => {
      cancelWatch()
      cancelWatch = clock.after(ms, () => {
        isHeldBack = !isReady && !once
        broken.abort()
      })
    }
    const onEvent = (event: ListenerEvent) => {
      if (event.name === 'ready') {
        isReady = true
        if (tries > 0 && wasReady) report.note('connected again')
        tries = 0
        wasReady = true
      } else if (event.name === 'delivery') take(event.data)
      else if (event.name === 'end') end = event.data.reason
      else if (event.name === 'dropped') {
        report.note(`${event.data.count} deliveries were discarded: they come faster than they are forwarded`)
      }
    }
    try {
      watch(once ? LISTENER_SILENCE_MS : READY_MS)
      const body = {
        in_hand: [...inHand.keys()],
        once,
        ...(options.timeoutMs !== null && { timeout_ms: options.timeoutMs }),
      }
      const stream = await client.stream(`/listeners/${listenerId}/stream`, body, broken.signal)
      await readEvents(stream, { onLife: () => watch(isReady || once ? LISTENER_SILENCE_MS : READY_MS), onEvent })
    } catch (error) {
      if (error instanceof ServerError && error.code === 'listener.not_found') {
        listenerId = await options.reopen()
        report.note('this listener had been away for too long; it listens anew, and what came meanwhile is not told')
        return 'once'
      }
      if (error instanceof ServerError && mustEnd(error)) throw error
      if (tries === 1 && !stopSignal.aborted && !isHeldBack) report.note(sentenceOf(error))
    } finally {
      cancelWatch()
      stopSignal.removeEventListener('abort', onStop)
      // An answer that goes on must not go on without a reader.
      broken.abort()
    }
    return isHeldBack ? 'held_back' : (end ?? 'broken')
  }

  while (!stopSignal.aborted) {
    const end = await connect().catch((error) => {
      if (error instanceof ServerError && !mustEnd(error)) return 'broken' as const
      if (error instanceof ServerError) throw error
      report.note(sentenceOf(error))
      return 'broken' as const
    })
    if (stopSignal.aborted) break
    if (end === 'key_revoked') throw new CommandError(EXIT_CODES.usage, ['the API key was revoked'])
    if (end === 'removed') throw new CommandError(EXIT_CODES.usage, ['somebody removed this listener'])
    if (end === 'webhook_deleted') {
      throw new CommandError(EXIT_CODES.usage, ['the webhook that this command listens for was deleted'])
    }
    if (end === 'once') continue
    if (end === 'held_back') {
      once = true
      report.note('something on the way to the server holds its stream back: deliveries are fetched in batches instead')
      continue
    }
    if (tries === 0)
      report.note(end === 'stopping' ? 'the server stops; connecting again' : 'the connection broke; connecting again')
    const delayMs = Math.min(RETRY_MS_MIN * 2 ** tries, RETRY_MS_MAX)
    tries++
    await sleep(clock, delayMs * (1 + random() / 2), stopSignal)
  }
  if (inHand.size > 0) report.note(`${inHand.size} under way; Ctrl-C again does not wait for the end`)
  await Promise.all([...inHand.values()].map(({ ended }) => ended))
  return listenerId
}

/** Errors that trying again cannot mend: a key that is not known any more, a webhook that was deleted meanwhile. */
function mustEnd({ status, code }: ServerError): boolean {
  return code !== null && status < 500 && status !== 429
}

function sentenceOf(error: unknown): string {
  return error instanceof CommandError ? error.problems.join('; ') : messageOf(error)
}

/** Forwards a delivery and tells what was answered, more than once if need be. Never rejects. */
async function handle(listenerId: string, delivery: ListenerDeliveryEvent, options: SessionOptions): Promise<void> {
  const { client, forwarder, report, clock } = options
  const answer = await forwarder.forward(delivery)
  let problem = ''
  for (let count = 1; count <= ANSWER_TRIES; count++) {
    try {
      const recorded = await client.call<ListenerAttempt>('POST', `/listeners/${listenerId}/attempts`, answer)
      report.attempt(delivery, answer, recorded, null)
      return
    } catch (error) {
      problem = `not on record: ${sentenceOf(error)}`
      if (error instanceof ServerError && error.status < 500 && error.status !== 429) break
    }
    if (count < ANSWER_TRIES) await sleep(clock, ANSWER_RETRY_MS * count)
  }
  report.attempt(delivery, answer, null, problem)
}
