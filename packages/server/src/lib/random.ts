/** A source of chance for jitter: a number in [0, 1). Never used for secrets or ids. */
export type Random = () => number

export const systemRandom: Random = () => Math.random()
