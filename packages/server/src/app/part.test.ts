import { expect, test } from 'vitest'
import { silentLog } from '../lib/log.ts'
import { createParts, type Part } from './part.ts'

/** A part that writes down what happens to it. */
function recorded(name: string, seen: string[], fails: { start?: Error; stop?: Error } = {}): Part {
  return {
    name,
    async start() {
      if (fails.start) throw fails.start
      seen.push(`start ${name}`)
    },
    async stop() {
      seen.push(`stop ${name}`)
      if (fails.stop) throw fails.stop
    },
  }
}

test('parts start in the order in which they were added, each when the one before has started, and stop in the opposite one', async () => {
  const seen: string[] = []
  const parts = createParts(silentLog)
  for (const name of ['store', 'courier', 'http']) parts.add(recorded(name, seen))
  await parts.start()
  expect(seen).toEqual(['start store', 'start courier', 'start http'])
  await parts.stop()
  expect(seen.slice(3)).toEqual(['stop http', 'stop courier', 'stop store'])
})

test('a part that cannot start keeps those after it from starting, and every part that was added can be stopped', async () => {
  const seen: string[] = []
  const parts = createParts(silentLog)
  const inUse = new Error('the port is in use')
  parts.add(recorded('store', seen))
  parts.add(recorded('http', seen, { start: inUse }))
  parts.add(recorded('listeners', seen))
  await expect(parts.start()).rejects.toBe(inUse)
  await parts.stop()
  expect(seen).toEqual(['start store', 'stop listeners', 'stop http', 'stop store'])
})

test('a part that cannot be stopped does not keep the others open, and its error is told', async () => {
  const seen: string[] = []
  const parts = createParts(silentLog)
  const broken = new Error('broken')
  parts.add(recorded('store', seen))
  parts.add(recorded('courier', seen, { stop: broken }))
  parts.add(recorded('http', seen, { stop: new Error('also broken') }))
  await expect(parts.stop()).rejects.toThrow('also broken')
  expect(seen).toEqual(['stop http', 'stop courier', 'stop store'])
})

test('a part may have nothing to start or nothing to stop', async () => {
  const parts = createParts(silentLog)
  expect(parts.add({ name: 'port' })).toEqual({ name: 'port' })
  await parts.start()
  await parts.stop()
})
