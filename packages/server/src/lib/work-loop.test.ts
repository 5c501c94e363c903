import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createStandingClock } from '../../test/harness/standing-clock.ts'
import { WorkLoop } from './work-loop.ts'

/** A queue that a loop claims from; items end when the test says so, claims when it lets them. */
function openLoop(slotsMax: number) {
  const clock = createStandingClock()
  const world = {
    due: [] as number[],
    nextDueAt: null as number | null,
    claimError: null as Error | null,
    /** Set to hold claims until it resolves. */
    gate: Promise.resolve(),
  }
  const claimLimits: number[] = []
  const begun: number[] = []
  const errors: unknown[] = []
  const ends = new Map<number, () => void>()

  const loop = new WorkLoop<number>({
    clock,
    slotsMax,
    async claim(limit) {
      claimLimits.push(limit)
      await world.gate
      if (world.claimError) throw world.claimError
      return world.due.splice(0, limit)
    },
    nextDueAt: async (lookedAt) => (world.nextDueAt !== null && world.nextDueAt > lookedAt ? world.nextDueAt : null),
    work: (item) => {
      begun.push(item)
      return new Promise((resolve) => ends.set(item, resolve))
    },
    onClaimError: (error) => errors.push(error),
  })

  return {
    clock,
    world,
    loop,
    claimLimits,
    begun,
    errors,
    /** Adds items that are due and says so. */
    async add(...items: number[]) {
      world.due.push(...items)
      loop.wake()
      await setImmediate()
    },
    async end(...items: number[]) {
      for (const item of items) ends.get(item)?.()
      await setImmediate()
    },
  }
}

describe('claiming', () => {
  test('begins with the start, and never before', async () => {
    const { loop, add, begun, claimLimits } = openLoop(4)
    await add(1, 2)
    expect(claimLimits).toEqual([])
    loop.start()
    await setImmediate()
    expect(begun).toEqual([1, 2])
    expect(loop.underWay).toBe(2)
  })

  test('never takes more than there are free slots', async () => {
    const { loop, world, begun, claimLimits } = openLoop(4)
    world.due.push(1, 2, 3, 4, 5, 6)
    loop.start()
    await setImmediate()
    expect(claimLimits).toEqual([4])
    expect(begun).toEqual([1, 2, 3, 4])
  })

  test('never takes more than 200 at once, and goes on at once when there is more', async () => {
    const { loop, world, claimLimits } = openLoop(600)
    world.due.push(...Array.from({ length: 450 }, (_, index) => index))
    loop.start()
    await setImmediate()
    expect(claimLimits).toEqual([200, 200, 200])
    expect(loop.underWay).toBe(450)
  })

  test('waits until a quarter of the slots is free: a transaction for one item is not worth it', async () => {
    const { loop, world, end, begun, claimLimits } = openLoop(8)
    world.due.push(...Array.from({ length: 12 }, (_, index) => index))
    loop.start()
    await setImmediate()
    await end(0)
    expect(claimLimits).toEqual([8])
    await end(1)
    expect(claimLimits).toEqual([8, 2])
    expect(begun).toHaveLength(10)
  })

  test('makes do with few slots when no more become free: those who hold the others may hang', async () => {
    const { loop, world, end, add, begun, clock, claimLimits } = openLoop(8)
    world.due.push(1, 2, 3, 4, 5, 6, 7, 8)
    loop.start()
    await setImmediate()
    await end(1)
    await add(9)
    expect(claimLimits).toEqual([8])
    clock.move(20)
    await setImmediate()
    expect(claimLimits).toEqual([8, 1])
    expect(begun.at(-1)).toBe(9)
  })

  test('is one at a time; who wakes meanwhile is heard afterwards', async () => {
    const { loop, world, claimLimits, begun } = openLoop(8)
    const gate = Promise.withResolvers<void>()
    world.gate = gate.promise
    loop.start()
    for (let count = 0; count < 10; count++) loop.wake()
    await setImmediate()
    expect(claimLimits).toEqual([8])
    gate.resolve()
    world.gate = Promise.resolve()
    await setImmediate()
    expect(claimLimits).toEqual([8, 8])
    world.due.push(7)
    loop.wake()
    await setImmediate()
    expect(begun).toEqual([7])
  })

  test('that fails is told and tried again after a second, or when somebody wakes it', async () => {
    const { loop, clock, world, errors, claimLimits, add, begun } = openLoop(4)
    world.claimError = new Error('away')
    loop.start()
    await setImmediate()
    expect(errors).toEqual([world.claimError])
    clock.move(999)
    await setImmediate()
    expect(claimLimits).toHaveLength(1)
    clock.move(1)
    await setImmediate()
    expect(claimLimits).toHaveLength(2)
    world.claimError = null
    await add(1)
    expect(begun).toEqual([1])
    expect(errors).toHaveLength(2)
  })
})

describe('time', () => {
  test('the next look is when the next item is due', async () => {
    const { loop, clock, world, claimLimits, begun } = openLoop(4)
    world.nextDueAt = clock.now() + 300
    loop.start()
    await setImmediate()
    world.due.push(1)
    clock.move(299)
    await setImmediate()
    expect(claimLimits).toHaveLength(1)
    clock.move(1)
    await setImmediate()
    expect(begun).toEqual([1])
  })

  test('what becomes due while a claim is under way, too late for it, does not wait for the next poll', async () => {
    const { loop, clock, world, begun } = openLoop(4)
    const gate = Promise.withResolvers<void>()
    world.gate = gate.promise
    world.nextDueAt = clock.now() + 10
    loop.start()
    await setImmediate()
    clock.move(20)
    gate.resolve()
    await setImmediate()
    world.due.push(1)
    clock.move(1)
    await setImmediate()
    expect(begun).toEqual([1])
  })

  test.each([
    ['nothing is due', () => null],
    ['the next item is due in a week', (now: number) => now + 7 * 86_400_000],
  ])('the next look is after five seconds at the latest: %s', async (_what, nextDueAt) => {
    const { loop, clock, world, claimLimits } = openLoop(4)
    world.nextDueAt = nextDueAt(clock.now())
    loop.start()
    await setImmediate()
    for (let looks = 1; looks <= 3; looks++) {
      clock.move(5_000)
      await setImmediate()
      expect(claimLimits).toHaveLength(1 + looks)
    }
  })

  test('a clock that was set back by a day delays nothing by more than five seconds', async () => {
    const { loop, clock, world, begun } = openLoop(4)
    world.nextDueAt = clock.now() + 10
    clock.set(clock.now() - 86_400_000)
    loop.start()
    await setImmediate()
    world.due.push(1)
    clock.move(5_000)
    await setImmediate()
    expect(begun).toEqual([1])
  })
})

describe('handing over', () => {
  test('slots that were reserved are nobody else’s until they are used or given back', async () => {
    const { loop, claimLimits, add, begun } = openLoop(4)
    loop.start()
    await setImmediate()
    expect(loop.reserve(3)).toBe(3)
    expect(loop.reserve(3)).toBe(1)
    expect(loop.reserve(1)).toBe(0)
    await add(10)
    expect(claimLimits).toEqual([4])
    loop.handOver(1)
    expect(begun).toEqual([1])
    loop.giveBack(2)
    await setImmediate()
    expect(claimLimits).toEqual([4, 2])
    expect(begun).toEqual([1, 10])
    expect(loop.reserve(4)).toBe(1)
  })

  test('what a claim under way may fill is not reserved', async () => {
    const { loop, world } = openLoop(300)
    const gate = Promise.withResolvers<void>()
    world.gate = gate.promise
    loop.start()
    expect(loop.reserve(500)).toBe(100)
    gate.resolve()
    await setImmediate()
    expect(loop.reserve(500)).toBe(200)
  })

  test('nothing is reserved before the start and after the stop', async () => {
    const { loop } = openLoop(4)
    expect(loop.reserve(1)).toBe(0)
    loop.start()
    await setImmediate()
    expect(loop.reserve(1)).toBe(1)
    loop.giveBack(1)
    await loop.stop()
    expect(loop.reserve(1)).toBe(0)
  })

  test('nothing is reserved while a backlog waits: what came first goes first', async () => {
    const { loop, world, begun, end } = openLoop(8)
    world.due.push(...Array.from({ length: 10 }, (_, index) => index))
    loop.start()
    await setImmediate()
    await end(0)
    // One slot is free, but not enough to claim for, and two items wait.
    expect(loop.underWay).toBe(7)
    expect(loop.reserve(1)).toBe(0)
    await end(1)
    expect(begun).toHaveLength(10)
    // That claim came back full: there may be more, until the next one finds nothing.
    await end(2)
    expect(loop.reserve(1)).toBe(0)
    await end(3)
    expect(loop.reserve(1)).toBe(1)
  })
})

describe('stopping', () => {
  test('claims nothing any more, and waits for all that is under way', async () => {
    const { loop, clock, add, end, claimLimits } = openLoop(4)
    loop.start()
    await add(1, 2)
    const claims = claimLimits.length
    let stopped = false
    const stopping = loop.stop().then(() => {
      stopped = true
    })
    await add(3)
    clock.move(10_000)
    await end(1)
    expect(stopped).toBe(false)
    await end(2)
    await stopping
    expect(claimLimits).toHaveLength(claims)
    expect(clock.timerCount).toBe(0)
  })

  test('waits for what was reserved, handed over or given back', async () => {
    const { loop, end, begun } = openLoop(4)
    loop.start()
    await setImmediate()
    loop.reserve(2)
    let stopped = false
    const stopping = loop.stop().then(() => {
      stopped = true
    })
    loop.handOver(1)
    await end(1)
    expect(stopped).toBe(false)
    loop.giveBack(1)
    await stopping
    expect(begun).toEqual([1])
  })

  test('does what a claim under way brings: it is leased already', async () => {
    const { loop, world, end, begun, clock } = openLoop(4)
    const gate = Promise.withResolvers<void>()
    world.gate = gate.promise
    world.due.push(1)
    loop.start()
    let stopped = false
    const stopping = loop.stop().then(() => {
      stopped = true
    })
    gate.resolve()
    await setImmediate()
    expect(begun).toEqual([1])
    expect(stopped).toBe(false)
    await end(1)
    await stopping
    expect(clock.timerCount).toBe(0)
  })

  test('is over at once when nothing is under way, and may be asked for again', async () => {
    const { loop, add, end } = openLoop(4)
    await openLoop(4).loop.stop()
    loop.start()
    await add(1)
    const both = Promise.all([loop.stop(), loop.stop()])
    await end(1)
    await both
    await loop.stop()
  })
})

test('whatever happens in which order, slots are kept, every item is done once, and the stop comes to its end', async () => {
  const SLOTS_MAX = 6
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), count: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('reserve' as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constantFrom('handOver', 'giveBack', 'end', 'turn', 'tick', 'fail') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { loop, clock, world, begun, end } = openLoop(SLOTS_MAX)
      let nextItem = 1
      let reserved = 0
      let endedCount = 0
      const check = () => {
        expect(loop.underWay).toBe(begun.length - endedCount)
        expect(loop.underWay + reserved).toBeLessThanOrEqual(SLOTS_MAX)
      }
      const endOldest = async () => {
        const item = begun[endedCount]
        if (item === undefined) return
        endedCount++
        await end(item)
      }
      loop.start()
      for (const action of steps) {
        world.claimError = null
        if (action.kind === 'add') {
          for (let index = 0; index < action.count; index++) world.due.push(nextItem++)
          loop.wake()
        } else if (action.kind === 'reserve') reserved += loop.reserve(action.count)
        else if (action.kind === 'handOver' && reserved > 0) {
          reserved--
          loop.handOver(nextItem++)
        } else if (action.kind === 'giveBack' && reserved > 0) {
          reserved--
          loop.giveBack(1)
        } else if (action.kind === 'end') await endOldest()
        else if (action.kind === 'tick') clock.move(1_000)
        else if (action.kind === 'fail') {
          world.claimError = new Error('away')
          loop.wake()
        } else await setImmediate()
        check()
      }
      world.claimError = null
      loop.giveBack(reserved)
      reserved = 0
      await setImmediate()
      for (let rounds = 0; world.due.length > 0 || endedCount < begun.length; rounds++) {
        if (rounds > 1_000) throw new Error(`stuck with ${world.due.length} due and ${loop.underWay} under way`)
        await endOldest()
        clock.move(1_000)
        await setImmediate()
        check()
      }
      await loop.stop()
      expect(begun.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: nextItem - 1 }, (_, index) => index + 1),
      )
      expect(clock.timerCount).toBe(0)
    }),
    { numRuns: 150 },
  )
})
