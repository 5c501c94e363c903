import { expect, test, vi } from 'vitest'
import { createLazySender } from './lazy-sender.ts'

/** A sender that answers with what it was sent, and how it is loaded. */
function recorded() {
  const sender = { send: vi.fn(async (text: string) => `sent ${text}`), close: vi.fn(async () => {}) }
  const load = vi.fn(async () => sender)
  return { sender, load }
}

test('requests that come while it is loaded are all sent, and it is loaded once', async () => {
  const { load } = recorded()
  const lazy = createLazySender(load)
  expect(load).not.toHaveBeenCalled()
  expect(await Promise.all([lazy.send('one'), lazy.send('two'), lazy.warmUp()])).toEqual([
    'sent one',
    'sent two',
    undefined,
  ])
  expect(await lazy.send('three')).toBe('sent three')
  expect(load).toHaveBeenCalledOnce()
})

test('closing closes what was loaded, also when it is still being loaded, and loads nothing', async () => {
  const unused = recorded()
  await createLazySender(unused.load).close()
  expect(unused.load).not.toHaveBeenCalled()

  const used = recorded()
  const lazy = createLazySender(used.load)
  const sent = lazy.send('one')
  await lazy.close()
  expect(used.sender.close).toHaveBeenCalledOnce()
  expect(await sent).toBe('sent one')
})

test('a module that cannot be loaded is told to whoever needs it, and can be closed', async () => {
  const lazy = createLazySender<[string], string>(() => Promise.reject(new Error('no such module')))
  await expect(lazy.warmUp()).rejects.toThrow('no such module')
  await expect(lazy.send('one')).rejects.toThrow('no such module')
  await lazy.close()
})
