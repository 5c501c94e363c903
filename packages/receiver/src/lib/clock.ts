/** Unix time in milliseconds. Tests give one of their own. */
export type Now = () => number

/** The clock of the machine; the only place of this package that asks it. */
export const systemNow: Now = () => Date.now()
