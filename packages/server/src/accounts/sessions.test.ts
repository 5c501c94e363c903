import { expect, test } from 'vitest'
import { useTestHttp } from '../../test/harness/use-test-http.ts'

const HOUR_MS = 3_600_000
const BROWSER = { userAgent: 'Firefox', address: '192.0.2.1' }

const http = useTestHttp()

const begin = async () => {
  const { sessions } = http.deps
  return sessions.beginWithLink(await sessions.createLink(http.accountId), BROWSER)
}

test('neither the token of a link nor that of a session is in the database', async () => {
  const link = await http.deps.sessions.createLink(http.accountId)
  expect(await http.store.spendSignInLink(link, http.clock.now())).toBeNull()
  const { token } = await http.deps.sessions.beginWithLink(link, BROWSER)
  expect(await http.store.findSessionByHash(token, http.clock.now())).toBeNull()
})

test('a link works once and for 15 minutes', async () => {
  const { sessions } = http.deps
  const used = await sessions.createLink(http.accountId)
  await sessions.beginWithLink(used, BROWSER)
  await expect(sessions.beginWithLink(used, BROWSER)).rejects.toMatchObject({ code: 'auth.invalid_link' })
  const old = await sessions.createLink(http.accountId)
  http.clock.move(15 * 60_000)
  await expect(sessions.beginWithLink(old, BROWSER)).rejects.toMatchObject({ code: 'auth.invalid_link' })
})

test('a session that is used goes on, at most 14 days; one that is not used ends after 12 hours', async () => {
  const { sessions } = http.deps
  const [used, unused] = [await begin(), await begin()]
  let hours = 0
  for (; (await sessions.authenticate(used.token)) !== null; hours += 11) http.clock.move(11 * HOUR_MS)
  expect(hours).toBeGreaterThan(13 * 24)
  expect(hours).toBeLessThanOrEqual(14 * 24 + 11)
  expect(await sessions.authenticate(unused.token)).toBeNull()
})

test('the use of a session is written every five minutes, and tells how long it lasts from then', async () => {
  const { sessions } = http.deps
  const { token } = await begin()
  expect(await sessions.authenticate(token)).toMatchObject({ renewedForMs: null })
  http.clock.move(5 * 60_000)
  expect(await sessions.authenticate(token)).toMatchObject({ renewedForMs: 12 * HOUR_MS })
  http.clock.move(2_000)
  expect(await sessions.authenticate(token)).toMatchObject({ renewedForMs: null })
})

test('a session that was ended is refused at once', async () => {
  const { sessions } = http.deps
  const { row, token } = await begin()
  expect(await sessions.authenticate(token)).not.toBeNull()
  await sessions.end(http.accountId, row.id)
  expect(await sessions.authenticate(token)).toBeNull()
  await expect(sessions.end(http.accountId, row.id)).rejects.toMatchObject({ code: 'session.not_found' })
})
