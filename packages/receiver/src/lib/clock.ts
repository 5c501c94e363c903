/** Unix time in milliseconds. Tests give one of their own. */
export type Now = () => number

/** The clock of the machine; the only place of this package that asks it. */
export const systemNow: Now = () => Date.now()

/** Resolves in a later turn of the event loop: after what is written now has been handed to the socket. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}
