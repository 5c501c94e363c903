import { expect, test } from 'vitest'
import { createStandingClock } from '../../../test/harness/standing-clock.ts'
import { batched } from './batched.ts'
import { createTurns, TURN_WAIT_MS } from './turns.ts'

const clock = createStandingClock()

/** A database whose transactions end when they are told to. */
function heldDatabase() {
  const underWay: { readonly items: readonly string[]; readonly end: () => void }[] = []
  const run = (items: readonly string[]) =>
    new Promise<readonly string[]>((resolve) => {
      underWay.push({ items, end: () => resolve(items.map((item) => `${item} done`)) })
    })
  return { underWay, run }
}

/** Everything that needs no more than turns of the event loop has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function twoKinds() {
  const turns = createTurns(clock)
  const { underWay, run } = heldDatabase()
  const ends = batched<string, string>({ run, sizeOf: () => 1, turns })
  const attempts = batched<string, string>({ run, sizeOf: () => 1, turns })
  return { ends, attempts, underWay }
}

test('a batch of another kind waits for the one under way, and takes along what comes until then', async () => {
  const { ends, attempts, underWay } = twoKinds()
  const end = ends.add('end')
  await settled()
  const first = attempts.add('first')
  await settled()
  const second = attempts.add('second')
  await settled()
  expect(underWay.map(({ items }) => items)).toEqual([['end']])
  underWay[0]?.end()
  expect(await end).toBe('end done')
  await settled()
  expect(underWay.map(({ items }) => items)).toEqual([['end'], ['first', 'second']])
  underWay[1]?.end()
  expect(await Promise.all([first, second])).toEqual(['first done', 'second done'])
  await Promise.all([ends.idle(), attempts.idle()])
})

test('a full batch waits for nobody, also when it has become full while it waited', async () => {
  const { ends, attempts, underWay } = twoKinds()
  const end = ends.add('end')
  await settled()
  const early = attempts.add('0')
  await settled()
  const all = [early, ...Array.from({ length: 149 }, (_, index) => attempts.add(String(index + 1)))]
  await settled()
  expect(underWay.map(({ items }) => items.length)).toEqual([1, 150])
  // What comes then gathers for the next.
  const next = attempts.add('150')
  await settled()
  expect(underWay).toHaveLength(2)
  underWay[1]?.end()
  expect(await Promise.all(all)).toEqual(all.map((_, index) => `${index} done`))
  underWay[0]?.end()
  await end
  await settled()
  expect(underWay[2]?.items).toEqual(['150'])
  underWay[2]?.end()
  expect(await next).toBe('150 done')
})

test('a batch that fails ends its turn, and those that came along fail or succeed by themselves', async () => {
  const turns = createTurns(clock)
  const held = heldDatabase()
  const ends = batched<string, string>({ run: held.run, sizeOf: () => 1, turns })
  const attempts = batched<string, string>({
    run: (items) =>
      items.includes('bad')
        ? Promise.reject(new Error('refused'))
        : Promise.resolve(items.map((item) => `${item} done`)),
    sizeOf: () => 1,
    turns,
  })
  const end = ends.add('end')
  await settled()
  const good = attempts.add('good')
  await settled()
  const late = Promise.allSettled([attempts.add('bad'), attempts.add('late')])
  held.underWay[0]?.end()
  await end
  expect(await good).toBe('good done')
  expect((await late).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  const next = ends.add('next')
  await settled()
  held.underWay[1]?.end()
  expect(await next).toBe('next done')
})

test('one that hangs holds up the others for a moment only', async () => {
  const { ends, attempts, underWay } = twoKinds()
  const hanging = attempts.add('locked')
  await settled()
  const end = ends.add('end')
  await settled()
  clock.move(TURN_WAIT_MS - 1)
  await settled()
  expect(underWay.map(({ items }) => items)).toEqual([['locked']])
  clock.move(1)
  await settled()
  expect(underWay.map(({ items }) => items)).toEqual([['locked'], ['end']])
  underWay[1]?.end()
  expect(await end).toBe('end done')
  underWay[0]?.end()
  expect(await hanging).toBe('locked done')
  await settled()
  expect(clock.timerCount).toBe(0)
})

test('a batch of so much text that it takes several transactions keeps others waiting for the first of them only', async () => {
  const turns = createTurns(clock)
  const { underWay, run } = heldDatabase()
  const ends = batched<string, string>({ run, sizeOf: () => 3 * 1024 * 1024, turns })
  const attempts = batched<string, string>({ run, sizeOf: () => 1, turns })
  const large = [ends.add('one'), ends.add('other')]
  await settled()
  const attempt = attempts.add('attempt')
  await settled()
  expect(underWay.map(({ items }) => items)).toEqual([['one']])
  underWay[0]?.end()
  await settled()
  expect(underWay.map(({ items }) => items)).toEqual([['one'], ['other'], ['attempt']])
  underWay[2]?.end()
  expect(await attempt).toBe('attempt done')
  underWay[1]?.end()
  expect(await Promise.all(large)).toEqual(['one done', 'other done'])
})
