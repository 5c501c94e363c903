/** Attempts to one address at once while nothing is known of it. */
export const UNDER_WAY_FIRST = 16

/** Most attempts to one address at once, however well it answers; each may need a connection of its own. */
export const UNDER_WAY_MAX = 256

/**
 * When slots are scarce, no address gets more than this part of the free ones: many slow ones cannot take them all. With
 * a quarter, one busy address was kept short while most slots were free: 9 % of its deliveries waited for a claim instead
 * of going at once (now 1 %), and one that waits costs the store twice as much.
 */
const FREE_SHARE = 1 / 2

/** Addresses whose limit is remembered while nothing is under way for them; told to each claim, so not too many. */
const REMEMBERED_MAX = 1_000

/**
 * How much this process has under way for each address, and how much it may. The limit moves like a TCP window: one up
 * for each success, halved by each failure. A receiver that answers quickly earns concurrency, one that hangs loses it:
 * it can hold few slots, and after five failures one at a time.
 */
export class AddressLoads {
  readonly #underWay = new Map<string, number>()
  /** The limits that differ from the first one, the one that changed longest ago in front. */
  readonly #limits = new Map<string, number>()
  /** Addresses that something was kept from: more may be waiting for the next place. */
  readonly #constrained = new Set<string>()

  begin(addressId: string): void {
    this.#underWay.set(addressId, (this.#underWay.get(addressId) ?? 0) + 1)
  }

  /** Gives whether more of the address may be waiting for the place that this attempt had. */
  end(addressId: string, succeeded: boolean): boolean {
    const left = (this.#underWay.get(addressId) ?? 1) - 1
    if (left === 0) this.#underWay.delete(addressId)
    else this.#underWay.set(addressId, left)
    const limit = this.#limitOf(addressId)
    this.#remember(addressId, succeeded ? Math.min(limit + 1, UNDER_WAY_MAX) : Math.max(Math.floor(limit / 2), 1))
    return this.#constrained.delete(addressId)
  }

  /**
   * How much more each known address gets now; zero for the full ones. Others get {@link UNDER_WAY_FIRST}. A claim with
   * these passes the full ones by, so they are remembered here, before it looks: all that is under way for them may end
   * while the claim is, and nothing else would say that more of them waits.
   */
  rooms(slotsFree: number): Record<string, number> {
    const rooms: Record<string, number> = {}
    for (const addressId of this.#limits.keys()) rooms[addressId] = this.#roomOf(addressId, slotsFree)
    for (const addressId of this.#underWay.keys()) {
      const room = this.#roomOf(addressId, slotsFree)
      rooms[addressId] = room
      if (room === 0) this.#constrained.add(addressId)
    }
    return rooms
  }

  /** Says how many of an address a claim has brought: as many as there was room for, and there may be more. */
  claimed(addressId: string, count: number, rooms: Readonly<Record<string, number>>): void {
    if (count >= (rooms[addressId] ?? UNDER_WAY_FIRST)) this.#constrained.add(addressId)
  }

  /** Addresses that get nothing more now. */
  full(slotsFree: number): string[] {
    const full = [...this.#underWay.keys()].filter((addressId) => this.#roomOf(addressId, slotsFree) === 0)
    for (const addressId of full) this.#constrained.add(addressId)
    return full
  }

  #limitOf(addressId: string): number {
    return this.#limits.get(addressId) ?? UNDER_WAY_FIRST
  }

  #roomOf(addressId: string, slotsFree: number): number {
    const scarce = Math.max(1, Math.floor(slotsFree * FREE_SHARE))
    return Math.max(Math.min(this.#limitOf(addressId), scarce) - (this.#underWay.get(addressId) ?? 0), 0)
  }

  #remember(addressId: string, limit: number): void {
    if (this.#limits.get(addressId) === limit) return
    this.#limits.delete(addressId)
    if (limit !== UNDER_WAY_FIRST) this.#limits.set(addressId, limit)
    if (this.#limits.size <= REMEMBERED_MAX) return
    const [oldest] = this.#limits.keys()
    if (oldest !== undefined) this.#limits.delete(oldest)
  }
}
