import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { openDashboardFiles } from '../../dashboard/dashboard-files.ts'
import { systemClock } from '../../lib/clock.ts'
import { openTestHttp } from '../test-http.ts'

/** What the first view may cost before anything can be seen. */
const INITIAL_JAVASCRIPT_BYTES_MAX = 200 * 1_024

const files = openDashboardFiles({ clock: systemClock })
const http = useTestHttp('suite', { dashboard: files })
let folder: string
beforeAll(async () => {
  const built = await files.settled()
  if (built.state !== 'ready') throw new Error(JSON.stringify(built))
  folder = built.folder
})

const get = (path: string, headers = {}) =>
  http.call('GET', path, { headers: { authorization: undefined, ...headers } })

describe('the dashboard', () => {
  test('is where the address of the server leads', async () => {
    expect((await get('/')).headers.location).toBe('/dashboard/')
    expect((await get('/dashboard')).headers.location).toBe('/dashboard/')
  })

  test.each([
    '/dashboard/',
    '/dashboard/deliveries',
    '/dashboard/webhooks/crm-production?x=1',
    '/dashboard/webhooks/hooks.example.com',
    '/dashboard/webhooks/hooks.example.js',
  ])('answers %s with the page, which is never kept', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    expect(answer.text).toContain('<div id="root">')
  })

  test('forbids everything that is inline or from elsewhere, and needs none of it', async () => {
    const { headers, text } = await get('/dashboard/')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/)
    for (const [, address] of text.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\/dashboard\//)
  })

  test('has files with a hash in their names, which are kept for ever and sent compressed', async () => {
    const name = readdirSync(join(folder, 'assets')).find((file) => file.endsWith('.js'))
    const plain = await get(`/dashboard/assets/${name}`)
    expect(plain.headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable' })
    expect(plain.headers['content-type']).toContain('javascript')
    const small = await get(`/dashboard/assets/${name}`, { 'accept-encoding': 'gzip, br' })
    expect(small.headers['content-encoding']).toBe('br')
  })

  test.each([
    '/dashboard/assets/gone-12345678.js',
    '/dashboard/nothing.txt',
    '/dashboard/../package.json',
    '/dashboard/%2e%2e/%2e%2e/package.json',
    '/dashboard/assets/..%2f..%2f..%2fpackage.json',
    '/dashboard/assets//index.js',
  ])('answers %s with 404, and a wrong address of the API stays one of the API', async (path) => {
    const answer = await get(path)
    expect([answer.status, answer.json?.code]).toEqual([404, 'request.unknown_route'])
    expect((await get('/api/v1/nothing')).json.code).toBe('request.unknown_route')
  })

  test(`loads at most ${INITIAL_JAVASCRIPT_BYTES_MAX} bytes of JavaScript, compressed by gzip, before its first view`, async () => {
    const { text } = await get('/dashboard/')
    const names = [...text.matchAll(/(?:src|href)="\/dashboard\/([^"]+\.js)"/g)].map(([, name = '']) => name)
    const bytes = names.map((name) => gzipSync(readFileSync(join(folder, name))).length)
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(INITIAL_JAVASCRIPT_BYTES_MAX)
  })

  test('says that it is being built, and looks again by itself', async () => {
    await using building = await openTestHttp({ dashboard: { current: async () => ({ state: 'building' }) } })
    const answer = await building.call('GET', '/dashboard/deliveries')
    expect(answer.status).toBe(503)
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
    expect(answer.text).toContain('being built')
    const [, script] = /<script src="([^"]+)">/.exec(answer.text) ?? []
    const again = await building.call('GET', script ?? '')
    expect([again.status, again.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
    expect(again.text).toContain('location.reload()')
  })

  test('says that it could not be built, and not why to everybody', async () => {
    const dashboard = { current: async () => ({ state: 'failed', reason: '/secret/path' }) as const }
    await using failed = await openTestHttp({ dashboard })
    const answer = await failed.call('GET', '/dashboard/')
    expect(answer.status).toBe(503)
    expect(answer.text).not.toContain('/secret/path')
  })
})
