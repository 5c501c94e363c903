import { type AddressState, PROBE_MS } from './address-health.ts'
import { isPaused } from './pause.ts'
import { grantSends, type RateGrant } from './sending-rate.ts'
import { takeTurns } from './turns.ts'

/** An address that something is due for, as a claim finds it. */
export interface ReadyAddress {
  readonly id: string
  readonly accountId: string
  readonly state: AddressState
  readonly pausedUntil: number | null
  readonly rateReadyAt: number
  readonly rateLimitPerSecond: number | null
  /**
   * How many of its deliveries may go now, as far as the claim looked: of a paused address only those that a person
   * asked for.
   */
  readonly due: number
}

/** What a claim takes from one address. */
export interface AddressShare {
  readonly address: ReadyAddress
  readonly share: number
  /** It is paused: only what a person asked for goes. */
  readonly urgentOnly: boolean
  /** What is sent now is the probe of a failing address. */
  readonly probe: boolean
  readonly grant: RateGrant | null
}

/** How many deliveries of an address one process has room for. */
export interface ClaimRooms {
  readonly limit: number
  readonly perAddress?: number
  readonly rooms?: Readonly<Record<string, number>>
}

/** Most addresses of one claim: enough to fill every slot with one delivery each in a few claims. */
export const CLAIM_ADDRESSES_MAX = 64

export function roomOf(addressId: string, { limit, perAddress, rooms }: ClaimRooms): number {
  return Math.min(rooms?.[addressId] ?? perAddress ?? limit, limit)
}

/** Addresses that a claim passes by, because the process has enough of them under way. */
export function withoutRoom({ rooms = {} }: ClaimRooms): string[] {
  return Object.keys(rooms).filter((addressId) => (rooms[addressId] ?? 0) <= 0)
}

/**
 * Divides a claim among the ready addresses in turns ({@link takeTurns}). So a claim comes back with less than its limit
 * only when there was no more that may go. A share of none is for an address that looked ready and is not: the claim
 * enters when it will be.
 */
export function divideClaim(ready: readonly ReadyAddress[], claim: ClaimRooms, now: number): AddressShare[] {
  const places = ready.map((address) => {
    const { most, ...how } = mayGive(address, claim, now)
    return { ...how, most, accountId: address.accountId, rooms: [{ left: most }], share: 0 }
  })
  takeTurns(places, claim.limit)
  return places.filter(({ share, most }) => share > 0 || most < 1)
}

/** Most deliveries that an address may give now. */
function mayGive(
  address: ReadyAddress,
  claim: ClaimRooms,
  now: number,
): Omit<AddressShare, 'share'> & { most: number } {
  const { state, rateLimitPerSecond, rateReadyAt } = address
  const probe = state === 'failing'
  const urgentOnly = isPaused(address, now)
  const grant = rateLimitPerSecond === null ? null : grantSends(rateLimitPerSecond, rateReadyAt, now)
  const most = Math.min(address.due, roomOf(address.id, claim), grant?.allowed ?? claim.limit)
  // One probe; but a person who asks for two attempts gets both.
  return { address, urgentOnly, probe, grant, most: probe && !urgentOnly ? Math.min(most, 1) : most }
}

/** What a claim writes into the row of an address of which it has leased `leased` deliveries. */
export function afterClaim(
  { address, urgentOnly, probe, grant }: AddressShare,
  leased: number,
  now: number,
): { pausedUntil: number | null; rateReadyAt: number; probing: boolean } {
  const { pausedUntil, rateReadyAt } = address
  if (leased === 0) return { pausedUntil, rateReadyAt, probing: false }
  const probing = probe && !urgentOnly
  return {
    pausedUntil: probing ? now + PROBE_MS : pausedUntil,
    rateReadyAt: grant?.readyAfter(leased) ?? rateReadyAt,
    probing,
  }
}
