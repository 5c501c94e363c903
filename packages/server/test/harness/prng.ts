/** Chance that repeats: the same seed gives the same sequence on every machine. */
export interface Prng {
  /** A number in [0, 1). */
  next(): number
  /** A whole number, both ends included. */
  integer(min: number, max: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** One of the choices, each as likely as its weight says. */
  pick<Choice extends string>(weights: Readonly<Record<Choice, number>>): Choice
  /** Another sequence that this one decides: for parts that draw in an order nobody knows. */
  fork(): Prng
}

/** Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, passes gjrand, and needs no dependency. */
export function createPrng(seed: number): Prng {
  let state = seed >>> 0

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick(weights) {
      const entries = Object.entries(weights) as [keyof typeof weights, number][]
      let rest = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [choice, weight] of entries) {
        rest -= weight
        if (rest < 0) return choice
      }
      return (entries.at(-1) as (typeof entries)[number])[0]
    },
    fork: () => createPrng(integer(0, 2 ** 32 - 1)),
  }
}
