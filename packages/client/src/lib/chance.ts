/** A number from 0 up to 1, without 1. Tests give one of their own. */
export type Random = () => number

export const systemRandom: Random = () => Math.random()

/** A key that no other request has: a UUID. */
export function newKey(): string {
  return crypto.randomUUID()
}
