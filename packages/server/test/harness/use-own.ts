import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'

/** Whether each test of a suite has its own of something, or all of them have one. */
export type Lifetime = 'test' | 'suite'

/**
 * Makes something in a hook before each test of a suite, or before all of them, and ends it in the hook behind; what is done in
 * hooks that are registered later is done before its end. Gives what stands for the one that is there at that moment.
 */
export function useOwn<Thing extends object>(
  make: () => Promise<Thing>,
  end: (thing: Thing) => PromiseLike<unknown>,
  lifetime: Lifetime = 'test',
): Thing {
  const [before, after] = lifetime === 'test' ? [beforeEach, afterEach] : [beforeAll, afterAll]
  let own: Thing | undefined
  let isThere = false
  before(async () => {
    own = await make()
    isThere = true
  })
  after(async () => {
    if (!isThere) return
    isThere = false
    await end(own as Thing)
  })
  return new Proxy({} as Thing, {
    get(_, name) {
      if (!own) throw new Error(`${String(name)} is asked for outside of tests`)
      return Reflect.get(own, name)
    },
  })
}
