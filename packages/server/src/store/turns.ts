/** How much of something may still be taken. Places can share one: the room of an account, or of a provider. */
export interface Room {
  left: number
}

/** Something that takes turns within its account: an address, or an account's place in a lane. */
export interface Place {
  readonly accountId: string
  /** Each must have something left for a turn, which takes one of each. */
  readonly rooms: readonly Room[]
  share: number
}

/**
 * Divides `limit` among places: one in turn for each account, within an account one in turn for each of its places,
 * until the limit is reached or no place has room. So nothing is left over while anybody could take it, and nobody's
 * backlog takes the turn of somebody's single piece of work. Counts the shares up; gives the place that came last.
 */
export function takeTurns<Any extends Place>(places: readonly Any[], limit: number): Any | null {
  const turns = new Map<string, Any[]>()
  for (const place of places) {
    const ofAccount = turns.get(place.accountId)
    if (ofAccount) ofAccount.push(place)
    else turns.set(place.accountId, [place])
  }
  let left = limit
  let last: Any | null = null
  while (left > 0 && turns.size > 0) {
    for (const [accountId, ofAccount] of turns) {
      if (left === 0) break
      const place = nextWithRoom(ofAccount)
      if (place) {
        for (const room of place.rooms) room.left--
        place.share++
        left--
        last = place
        ofAccount.push(place)
      } else {
        turns.delete(accountId)
      }
    }
  }
  return last
}

/** Takes the next place out of the queue; those without room are gone for good, because rooms only get smaller. */
function nextWithRoom<Any extends Place>(queue: Any[]): Any | undefined {
  for (let place = queue.shift(); place; place = queue.shift()) {
    if (place.rooms.every(({ left }) => left > 0)) return place
  }
  return undefined
}
