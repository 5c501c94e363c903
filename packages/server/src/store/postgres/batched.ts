import { createBatcher } from '../../lib/batcher.ts'
import { StoreUnavailableError } from '../errors.ts'
import type { Turn, Turns } from './turns.ts'

export interface BatchedOptions<Item, Result> {
  /** Writes all items in one transaction, or none; gives one result an item, in order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>
  /** About how much text an item carries, in UTF-16 code units. */
  readonly sizeOf: (item: Item) => number
  /** Shared with other batches: while one is under way, only full ones leave. Left out: waits for none of them. */
  readonly turns?: Turns | undefined
}

export interface Batched<Item, Result> {
  add(item: Item): Promise<Result>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

/**
 * Items of one transaction. From 100 on, neither the commit nor the round trip shows in the cost of one. A full batch does not
 * wait for others, so with 384 deliveries under way the server gets the next while the process sends: with 150 at most **10 %**
 * more deliveries a second than with 200, for 2 % more of the server's CPU; two batches of any size at once gave the same
 * for 13 %, and full ones of 110 for 8 %.
 */
const ITEMS_MAX = 150

/**
 * Two, the second only when it is full. Planning a statement costs the server about a millisecond a batch, so two half
 * batches cost more than one whole: 88 instead of 105 µs of the server's CPU a delivery with 384 under way. For the same
 * reason kinds that follow each other take turns: ends of jobs and attempts then leave in batches of 190 and 156 instead
 * of 127 and 104, for 8 % less of it.
 */
const CONCURRENCY_MAX = 2

/**
 * Text of one transaction. 150 items with the largest bodies would be 110 MB in one message, three times in memory
 * here and three times in the server.
 */
const SIZE_MAX = 4 * 1024 * 1024

/**
 * Gathers single calls into transactions. One bad item does not take the others with it: when a transaction fails, each
 * of its items gets one of its own, and only the bad ones fail. When the database is away, all fail at once.
 */
export function batched<Item, Result>({ run, sizeOf, turns }: BatchedOptions<Item, Result>): Batched<Item, Result> {
  type Outcome = PromiseSettledResult<Result>
  interface Entry {
    readonly item: Item
    readonly resolve: (outcome: Outcome) => void
  }

  const runAll = async (items: readonly Item[]): Promise<Outcome[]> =>
    (await run(items)).map((value) => ({ status: 'fulfilled', value }))

  async function runSafely(items: readonly Item[]): Promise<Outcome[]> {
    try {
      return await runAll(items)
    } catch (reason) {
      if (items.length === 1 || isAway(reason)) return items.map(() => ({ status: 'rejected', reason }))
    }
    const outcomes: Outcome[] = []
    for (const item of items) outcomes.push(...(await runSafely([item])))
    return outcomes
  }

  /** A batch that waits for its turn, and takes along what comes meanwhile. */
  let boarding: { readonly turn: Turn; readonly entries: Entry[]; readonly room: number } | null = null

  /** Its turn ends with the first part: with so much text, others would wait long for the rest. */
  async function runParts(items: readonly Item[], endTurn: () => void): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    const [first = [], ...rest] = splitBySize(items, sizeOf)
    outcomes.push(...(await runSafely(first).finally(endTurn)))
    for (const part of rest) outcomes.push(...(await runSafely(part)))
    return outcomes
  }

  const batcher = createBatcher<Item, Outcome>({
    itemsMax: ITEMS_MAX,
    concurrencyMax: CONCURRENCY_MAX,
    run: async (items) => {
      if (!turns) return await runParts(items, () => {})
      const turn = turns.take()
      const late: Entry[] = []
      if (items.length === ITEMS_MAX) turn.begin()
      else boarding = { turn, entries: late, room: ITEMS_MAX - items.length }
      await turn.begun
      if (boarding?.turn === turn) boarding = null
      const outcomes = await runParts([...items, ...late.map(({ item }) => item)], turn.end)
      for (const [index, { resolve }] of late.entries()) resolve(outcomes[items.length + index] as Outcome)
      return outcomes.slice(0, items.length)
    },
  })

  function settle(item: Item): Promise<Outcome> {
    if (boarding === null) return batcher.add(item)
    const { turn, entries, room } = boarding
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    entries.push({ item, resolve })
    if (entries.length === room) {
      boarding = null
      turn.begin()
    }
    return promise
  }

  return {
    async add(item) {
      const outcome = await settle(item)
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    },
    idle: batcher.idle,
  }
}

/** A deadlock is over when it is reported; with everything else that is "unavailable" a second try only takes longer. */
function isAway(error: unknown): boolean {
  const sqlState = error instanceof StoreUnavailableError ? (error.cause as { code?: unknown }).code : undefined
  return error instanceof StoreUnavailableError && sqlState !== '40P01' && sqlState !== '40001'
}

/** Cuts a batch into parts of at most {@link SIZE_MAX}, each of at least one item, in order. */
function splitBySize<Item>(items: readonly Item[], sizeOf: (item: Item) => number): Item[][] {
  const parts: Item[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const item of items) {
    size += sizeOf(item)
    if (size > SIZE_MAX) {
      parts.push([])
      size = sizeOf(item)
    }
    parts.at(-1)?.push(item)
  }
  return parts
}
