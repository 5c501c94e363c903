import { expect, test, vi } from 'vitest'
import { createStandingClock } from '../../test/harness/standing-clock.ts'
import { createLog, silentLog } from '../lib/log.ts'
import { createWarmUp, PAUSE_MS, WARM_UP_AFTER_MS } from './warm-up.ts'

test('nothing is loaded before those who wait for the server had their answer; then one after the other, with a pause', async () => {
  const clock = createStandingClock()
  const seen: string[] = []
  const load = (name: string) => async () => {
    seen.push(`${name} begins`)
    await null
    seen.push(`${name} ends`)
  }
  const warmUp = createWarmUp({ clock, log: silentLog }, [load('tasks'), load('model')])
  warmUp.start?.()
  clock.move(WARM_UP_AFTER_MS - 1)
  expect(seen).toEqual([])
  clock.move(1)
  await vi.waitFor(() => expect(clock.timerCount).toBe(1))
  expect(seen).toEqual(['tasks begins', 'tasks ends'])
  clock.move(PAUSE_MS)
  await vi.waitFor(() => expect(seen.slice(2)).toEqual(['model begins', 'model ends']))
})

test('a load that fails is told in the log, and the next one is made', async () => {
  const clock = createStandingClock()
  const lines: string[] = []
  const next = vi.fn(async () => {})
  const log = createLog('warn', { write: (line) => void lines.push(line) })
  const warmUp = createWarmUp({ clock, log }, [() => Promise.reject(new Error('no such module')), next])
  warmUp.start?.()
  clock.move(WARM_UP_AFTER_MS)
  await vi.waitFor(() => expect(clock.timerCount).toBe(1))
  clock.move(PAUSE_MS)
  await vi.waitFor(() => expect(next).toHaveBeenCalledOnce())
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'warm-up failed', err: { message: 'no such module' } },
  ])
})

test('a process that stops loads nothing more', async () => {
  const clock = createStandingClock()
  const load = vi.fn(async () => {})
  const warmUp = createWarmUp({ clock, log: silentLog }, [load])
  warmUp.start?.()
  await warmUp.stop?.()
  clock.move(WARM_UP_AFTER_MS)
  await null
  expect(load).not.toHaveBeenCalled()
})
