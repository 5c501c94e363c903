import type { Clock } from '../lib/clock.ts'
import { createBoundedCache } from './bounded-cache.ts'

/** Gives all addresses of a name, of both families. Rejects with an error whose `code` is a DNS code. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>

/** What is known about a name when a URL is saved. */
export type NameAnswer =
  | { readonly outcome: 'addresses'; readonly addresses: readonly string[] }
  /** DNS is sure that the name has no address. */
  | { readonly outcome: 'no_address' }
  /** DNS could not be asked, or not in time: nothing is known. */
  | { readonly outcome: 'unavailable' }

export interface NameResolver {
  /** Asks now. Calls for one name at the same time share one question; an answer is never reused later. */
  resolve: ResolveName
  /** For checks that are made again at connect: waits 3 s at most and may be 5 s old. Never rejects. */
  ask(hostname: string): Promise<NameAnswer>
}

/** A caller waits for this check with an open request; who has no answer by then is checked at connect only. */
const ASK_TIMEOUT_MS = 3_000

/** Long enough that a burst of dispatches to one host asks DNS once, short enough for someone who just fixed a record. */
const ANSWER_AGE_MS_MAX = 5_000

/** Names remembered at once. */
const ANSWERS_MAX = 1_000

/** The codes of `getaddrinfo` and DNS that say "no such name" and "a name, but no address". */
const NO_ADDRESS_CODES = new Set(['ENOTFOUND', 'ENODATA', 'ENONAME'])

/** Wraps a way to resolve names with sharing, a time limit and a short memory. */
export function createNameResolver(options: { readonly resolve: ResolveName; readonly clock: Clock }): NameResolver {
  const { clock } = options
  const underWay = new Map<string, Promise<readonly string[]>>()
  const answers = createBoundedCache<string, { answer: NameAnswer; until: number }>(ANSWERS_MAX)

  function resolve(hostname: string): Promise<readonly string[]> {
    const shared = underWay.get(hostname)
    if (shared) return shared
    const question = options.resolve(hostname).finally(() => underWay.delete(hostname))
    underWay.set(hostname, question)
    return question
  }

  function askWithin(hostname: string): Promise<NameAnswer> {
    return new Promise((settle) => {
      const cancel = clock.after(ASK_TIMEOUT_MS, () => settle({ outcome: 'unavailable' }))
      resolve(hostname)
        .then(
          (addresses): NameAnswer =>
            addresses.length > 0 ? { outcome: 'addresses', addresses } : { outcome: 'no_address' },
          (error): NameAnswer => ({ outcome: NO_ADDRESS_CODES.has(codeOf(error)) ? 'no_address' : 'unavailable' }),
        )
        .then((answer) => {
          cancel()
          settle(answer)
        })
    })
  }

  return {
    resolve,
    async ask(hostname) {
      const known = answers.get(hostname)
      if (known && clock.monotonicMs() < known.until) return known.answer
      const answer = await askWithin(hostname)
      if (answer.outcome === 'addresses') {
        answers.set(hostname, { answer, until: clock.monotonicMs() + ANSWER_AGE_MS_MAX })
      }
      return answer
    },
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
