import { Resolver } from 'node:dns/promises'
import { describe, expect, test, vi } from 'vitest'
import type { Clock } from '../lib/clock.ts'
import { AppError, StartError } from '../lib/errors.ts'
import type { ResolveName } from './name-resolver.ts'
import { createUrlGuard, type UrlField, type UrlGuardOptions } from './url-guard.ts'

/** Names as DNS could answer them; a name that is missing does not exist. */
const ZONE: Record<string, readonly string[]> = {
  'public.example': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'private.example': ['10.0.0.7'],
  'mixed.example': ['93.184.215.14', '10.0.0.7', 'fd00::7'],
  'mapped.example': ['::ffff:169.254.169.254'],
}

const resolveInZone: ResolveName = async (hostname) => {
  const addresses = ZONE[hostname]
  if (addresses === undefined) throw Object.assign(new Error('unknown name'), { code: 'ENOTFOUND' })
  return addresses
}

function guardWith(options: Partial<UrlGuardOptions> = {}) {
  return createUrlGuard({ allowHttpTargets: false, allowPrivateTargets: [], resolve: resolveInZone, ...options })
}

async function refusal(text: string, options: Partial<UrlGuardOptions> = {}, field?: UrlField): Promise<AppError> {
  const outcome = await guardWith(options)
    .checkUrl(text, field)
    .catch((error: unknown) => error)
  if (outcome instanceof AppError) return outcome
  throw new Error(`${text} was not refused`)
}

describe('a URL that leads to an address that is not public is refused', () => {
  test.each([
    ['https://127.0.0.1/', 'loopback', '127.0.0.0/8'],
    ['https://2130706433/', 'loopback', '127.0.0.0/8'],
    ['https://0x7f.1/', 'loopback', '127.0.0.0/8'],
    ['https://0x7f000001/', 'loopback', '127.0.0.0/8'],
    ['https://0177.0.0.1/', 'loopback', '127.0.0.0/8'],
    ['https://017700000001/', 'loopback', '127.0.0.0/8'],
    ['https://127.1/', 'loopback', '127.0.0.0/8'],
    ['https://127.0.0.1./', 'loopback', '127.0.0.0/8'],
    ['https://127。0。0。1/', 'loopback', '127.0.0.0/8'],
    ['https://１２７.0.0.1/', 'loopback', '127.0.0.0/8'],
    ['https://%31%32%37.0.0.1/', 'loopback', '127.0.0.0/8'],
    ['https://0/', 'this network', '0.0.0.0/8'],
    ['https://user@10.0.0.1:8443/a', 'private network', '10.0.0.0/8'],
    ['https://169.254.169.254/latest/meta-data', 'link-local', '169.254.0.0/16'],
    ['https://[::1]/', 'loopback', '::1/128'],
    ['https://[0:0::0:1]/', 'loopback', '::1/128'],
    ['https://[::ffff:10.0.0.1]/', 'private network, IPv4-mapped', '10.0.0.0/8'],
    ['https://[64:ff9b::10.0.0.1]/', 'NAT64', '64:ff9b::/96'],
    ['https://[fd00::1]/', 'unique local', 'fc00::/7'],
    ['https://[4000::1]/', 'outside of global unicast', '4000::1/128'],
    ['https://localhost/', 'loopback', '127.0.0.0/8'],
    ['https://LOCALHOST./', 'loopback', '127.0.0.0/8'],
    ['https://ｌocalhost/', 'loopback', '127.0.0.0/8'],
    ['https://app.localhost/', 'loopback', '127.0.0.0/8'],
    ['https://private.example/', 'private network', '10.0.0.0/8'],
    ['https://mapped.example/', 'link-local, IPv4-mapped', '169.254.0.0/16'],
    ['https://mixed.example/', 'private network; unique local', '10.0.0.0/8,fc00::/7'],
  ])('%s (%s)', async (text, range, block) => {
    const error = await refusal(text)
    expect(error.code).toBe('webhook.url_not_allowed')
    expect(error.fields).toEqual([{ field: 'url', message: expect.stringContaining(`not public (${range})`) }])
    expect(error.detail).toContain(`RINGBACK_ALLOW_PRIVATE_TARGETS=${block} would allow it`)
    // And the setting that is named does allow it.
    await expect(guardWith({ allowPrivateTargets: block.split(',') }).checkUrl(text)).resolves.toMatch(/^https:/)
  })

  test('the caller is not told which internal address a name has; the log is', async () => {
    const error = await refusal('https://private.example/')
    expect(JSON.stringify([error.detail, error.fields])).not.toContain('10.0.0.7')
    expect(error.log).toEqual({ refusedAddresses: ['10.0.0.7'] })
  })

  test('neither text of a refusal contains the password', async () => {
    const error = await refusal('http://user:hunter2@private.example/#x')
    expect(JSON.stringify([error.detail, error.fields, error.log])).not.toContain('hunter2')
  })
})

test('a block that could be meant in two ways stops the start with the setting and what to write', () => {
  const create = () => guardWith({ allowPrivateTargets: ['10.0.0.5/8'] })
  expect(create).toThrow(StartError)
  expect(create).toThrow(/RINGBACK_ALLOW_PRIVATE_TARGETS: "10\.0\.0\.5\/8" has bits set .* write 10\.0\.0\.0\/8/)
})

describe('a refusal names the field and all that is wrong', () => {
  test('the Job-Webhook header is named', async () => {
    const error = await refusal('https://10.0.0.1/', {}, 'header Job-Webhook')
    expect(error.fields[0]?.field).toBe('header Job-Webhook')
  })

  test('http to a local address names both settings', async () => {
    const error = await refusal('http://localhost:3000/hook')
    expect(error.fields).toHaveLength(2)
    expect(error.detail).toContain('RINGBACK_ALLOW_HTTP_TARGETS=true')
    expect(error.detail).toContain('RINGBACK_ALLOW_PRIVATE_TARGETS=127.0.0.0/8')
  })
})

describe('names', () => {
  test('are asked of DNS itself, and not of the threads of the system, unless the caller has a way of its own', async () => {
    const ipv4 = vi.spyOn(Resolver.prototype, 'resolve4').mockResolvedValue(['93.184.215.14'] as never)
    const ipv6 = vi.spyOn(Resolver.prototype, 'resolve6').mockResolvedValue(['fd00::7'] as never)
    try {
      const guard = createUrlGuard({ allowHttpTargets: false, allowPrivateTargets: [] })
      await expect(guard.checkUrl('https://mixed.example/')).rejects.toMatchObject({ code: 'webhook.url_not_allowed' })
      expect(ipv4).toHaveBeenCalledWith('mixed.example')
      expect(ipv6).toHaveBeenCalledWith('mixed.example')
    } finally {
      ipv4.mockRestore()
      ipv6.mockRestore()
    }
  })

  test('a name with public addresses passes, and the URL comes back normalised', async () => {
    await expect(guardWith().checkUrl(' https://PUBLIC.example./hook ')).resolves.toBe('https://public.example/hook')
  })

  test('a name that does not exist is refused as a typing mistake', async () => {
    const error = await refusal('https://pubilc.example/')
    expect(error.fields).toEqual([{ field: 'url', message: 'has a host that does not exist in DNS: pubilc.example' }])
  })

  test('localhost passes when one of its addresses is allowed, without asking DNS', async () => {
    const resolve: ResolveName = () => Promise.reject(new Error('asked'))
    for (const block of ['127.0.0.0/8', '::1/128']) {
      const guard = guardWith({ allowPrivateTargets: [block], resolve })
      await expect(guard.checkUrl('https://localhost/')).resolves.toBe('https://localhost/')
    }
  })

  test('a URL passes while DNS is out of order, because connecting checks again', async () => {
    const resolve: ResolveName = () => Promise.reject(Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }))
    await expect(guardWith({ resolve }).checkUrl('https://public.example/')).resolves.toMatch(/^https:/)
  })

  test('DNS that does not answer holds a caller for 3 s and no longer', async () => {
    const timers: { delayMs: number; callback: () => void }[] = []
    const clock: Clock = {
      now: () => 0,
      monotonicMs: () => 0,
      after: (delayMs, callback) => {
        timers.push({ delayMs, callback })
        return () => {}
      },
    }
    const checked = guardWith({ clock, resolve: () => new Promise(() => {}) }).checkUrl('https://public.example/')
    expect(timers.map(({ delayMs }) => delayMs)).toEqual([3_000])
    timers[0]?.callback()
    await expect(checked).resolves.toBe('https://public.example/')
  })

  test('a burst of checks of one name asks DNS once, and 5 s later again', async () => {
    let nowMs = 0
    let questions = 0
    const clock: Clock = { now: () => nowMs, monotonicMs: () => nowMs, after: () => () => {} }
    const resolve: ResolveName = (hostname) => {
      questions++
      return resolveInZone(hostname)
    }
    const guard = guardWith({ clock, resolve })
    const check = () => guard.checkUrl('https://public.example/')
    await Promise.all([check(), check(), check()])
    await check()
    expect(questions).toBe(1)
    nowMs = 5_000
    await check()
    expect(questions).toBe(2)
  })
})
