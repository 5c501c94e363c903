import type { CancelTimer, Clock } from './clock.ts'

export interface WorkLoopOptions<Item> {
  readonly clock: Clock
  /** Items under way at once. */
  readonly slotsMax: number
  /** Leases up to `limit` due items. */
  readonly claim: (limit: number) => Promise<readonly Item[]>
  /**
   * When the next item is due that nobody has leased; null for none. `lookedAt` is just before the claim looked: what
   * was due by then was seen, and may stay for lack of room.
   */
  readonly nextDueAt: (lookedAt: number) => Promise<number | null>
  /** Does one item. Must not reject: what goes wrong belongs to the item. */
  readonly work: (item: Item) => Promise<void>
  /** Told when a claim fails, for the log; the loop tries again by itself. */
  readonly onClaimError: (error: unknown) => void
}

/** Most items of one claim: enough to spread its fsync, few enough that other processes get their share. */
const CLAIM_LIMIT = 200

/**
 * How often to look without being woken: finds what another process left due, and survives any jump of the clock. Wakes
 * and due times do the rest; every second instead of every five cost an idle server a third of a percent of a core.
 */
const POLL_MS = 5_000

/**
 * How long a claim waits for more free slots before it makes do with few. When things go well, hundreds become free in
 * that time; when receivers hang, none, and what is due may be for others: without this limit, 770 hanging attempts of
 * one account held up the retries and tests of all others for 8 s.
 */
const GATHER_MS = 20

/** How long to wait after a claim failed: the database may be away for a while. */
const CLAIM_RETRY_MS = 1_000

/**
 * Keeps up to `slotsMax` items under way: the common engine of runner and courier.
 *
 * Items come in two ways. **Claimed**: when work may be due (woken, polled, or its time has come), the loop leases as
 * much as it has free slots. **Handed over**: whoever creates an item may reserve a slot, lease the item in the very
 * transaction that writes it, and hand it over; the claim, and its transaction, are saved.
 *
 * States: idle → claiming (one claim at a time) → idle, and *stopping* from either, in which nothing new is claimed or
 * reserved and what is under way ends.
 */
export class WorkLoop<Item> {
  readonly #options: WorkLoopOptions<Item>
  #underWay = 0
  #reserved = 0
  #workMayBeDue = false
  /** Slots that the claim under way may fill; null when none is. */
  #claimLimit: number | null = null
  /** The last claim came back full: there is more than this process can take. */
  #backlog = false
  #started = false
  #stopping = false
  #cancelTimer: CancelTimer = () => {}
  /** A claim waits for more slots. */
  #gathering = false
  readonly #drained = Promise.withResolvers<void>()

  constructor(options: WorkLoopOptions<Item>) {
    this.#options = options
  }

  /** Items under way now. */
  get underWay(): number {
    return this.#underWay
  }

  /** Slots that are neither taken nor set aside. */
  get free(): number {
    return this.#free()
  }

  start(): void {
    this.#started = true
    this.wake()
  }

  /** Says that work may be due. Cheap, and safe to call at any time. */
  wake(): void {
    this.#workMayBeDue = true
    this.#claimSoon()
  }

  /**
   * Sets slots aside for items that are about to be written; gives how many of `count` there are. Each must be used by
   * {@link handOver} or given back by {@link giveBack}. None while a backlog waits: what came first goes first.
   */
  reserve(count: number): number {
    if (!this.#started || this.#stopping || this.#backlog) return 0
    const granted = Math.min(count, this.#free())
    this.#reserved += granted
    return granted
  }

  /** Starts an item on a reserved slot. */
  handOver(item: Item): void {
    this.#reserved--
    this.#begin(item)
  }

  giveBack(count: number): void {
    this.#reserved -= count
    this.#claimSoon()
    this.#checkDrained()
  }

  /** Claims nothing any more and resolves when all that is under way, and all that was reserved, has ended. */
  stop(): Promise<void> {
    this.#stopping = true
    this.#cancelTimer()
    this.#checkDrained()
    return this.#drained.promise
  }

  #free(): number {
    return this.#options.slotsMax - this.#underWay - this.#reserved - (this.#claimLimit ?? 0)
  }

  #begin(item: Item): void {
    this.#underWay++
    // `work` does not reject; if it did, the process would end (an unhandled rejection), as it should.
    void this.#options.work(item).then(this.#end)
  }

  /** One function for all items. */
  readonly #end = () => {
    this.#underWay--
    this.#claimSoon()
    this.#checkDrained()
  }

  #checkDrained(): void {
    const isEmpty = this.#underWay === 0 && this.#reserved === 0 && this.#claimLimit === null
    if (this.#stopping && isEmpty) this.#drained.resolve()
  }

  /**
   * A claim is worth its transaction when a quarter of the slots is free, or nothing is under way to free more, or
   * enough time was given to it (`gathered`).
   */
  #claimSoon(gathered = false): void {
    if (!this.#started || this.#stopping || this.#claimLimit !== null || !this.#workMayBeDue) return
    const free = this.#free()
    if (free <= 0) return
    if (!gathered && free < this.#options.slotsMax / 4 && this.#underWay > 0) this.#gather()
    else void this.#claim(Math.min(free, CLAIM_LIMIT))
  }

  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    this.#options.clock.after(GATHER_MS, () => {
      this.#gathering = false
      this.#claimSoon(true)
    })
  }

  async #claim(limit: number): Promise<void> {
    this.#claimLimit = limit
    this.#workMayBeDue = false
    this.#cancelTimer()
    let nextLookMs = POLL_MS
    // Before the claim: what becomes due while it is under way was not seen by it, and must not wait for the next poll.
    const lookedAt = this.#options.clock.now()
    try {
      const items = await this.#options.claim(limit)
      this.#claimLimit = 0
      for (const item of items) this.#begin(item)
      this.#backlog = items.length === limit
      if (this.#backlog) this.#workMayBeDue = true
      else nextLookMs = await this.#delayToNextDue(lookedAt)
    } catch (error) {
      this.#options.onClaimError(error)
      nextLookMs = CLAIM_RETRY_MS
    }
    this.#claimLimit = null
    if (!this.#stopping) this.#cancelTimer = this.#options.clock.after(nextLookMs, () => this.wake())
    this.#claimSoon()
    this.#checkDrained()
  }

  async #delayToNextDue(lookedAt: number): Promise<number> {
    const dueAt = await this.#options.nextDueAt(lookedAt)
    if (dueAt === null) return POLL_MS
    return Math.min(Math.max(dueAt - this.#options.clock.now(), 0), POLL_MS)
  }
}
