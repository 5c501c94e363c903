import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DnsAnswer, type DnsServer, startDnsServer } from '../../test/harness/dns-server.ts'
import { createStandingClock } from '../../test/harness/standing-clock.ts'
import { createDnsResolve, type DnsResolveOptions } from './dns-resolve.ts'

const NAMES: Readonly<Record<string, DnsAnswer>> = {
  'both.example': ['192.0.2.1', '2001:db8::1', '192.0.2.2'],
  'four.example': ['192.0.2.4'],
  'six.example': ['2001:db8::6'],
  'empty.example': [],
  'broken.example': 'failed',
  'silent.example': 'silence',
}

/** Longer than any test: who is silent stays so. */
const LONG_MS = 600_000

const servers: DnsServer[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringback-dns-'))
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
  await rm(folder, { recursive: true })
})

async function serve(
  answerOf: Parameters<typeof startDnsServer>[0] = (name) => NAMES[name] ?? 'no_such_name',
): Promise<DnsServer> {
  const server = await startDnsServer(answerOf)
  servers.push(server)
  return server
}

/** A resolver that asks only this server, and a system that knows nothing. */
async function open(options: Partial<DnsResolveOptions> = {}) {
  const server = await serve()
  const asked: string[] = []
  const resolve = createDnsResolve({
    clock: createStandingClock(),
    nameServers: () => [server.authority],
    hostsFile: join(folder, 'hosts'),
    askSystem: async (name) => {
      asked.push(name)
      throw Object.assign(new Error('not known'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
    },
    ...options,
  })
  return { resolve, server, asked }
}

describe('DNS', () => {
  test.each([
    ['both.example', ['192.0.2.1', '192.0.2.2', '2001:db8::1']],
    ['four.example', ['192.0.2.4']],
    ['six.example', ['2001:db8::6']],
  ])('gives all addresses of %s, IPv4 first; the system is not asked', async (name, addresses) => {
    const { resolve, asked } = await open()
    expect(await resolve(name)).toEqual(addresses)
    expect(asked).toEqual([])
  })

  test('that is silent for 100 names keeps no other name waiting', async () => {
    const silent = await serve((name) => (name.startsWith('dead-') ? 'silence' : ['192.0.2.7']))
    const { resolve } = await open({ nameServers: () => [silent.authority], silenceMsMax: LONG_MS })
    let given = 0
    for (let count = 0; count < 100; count++) {
      resolve(`dead-${count}.example`).then(
        () => given++,
        () => given++,
      )
    }
    expect(await resolve('good.example')).toEqual(['192.0.2.7'])
    expect(given).toBe(0)
  })

  test.each([
    [4, 6, '192.0.2.1'],
    [6, 4, '2001:db8::1'],
  ])(
    'that has addresses of IPv%i and is silent for IPv%i is waited for half a second',
    async (given, _silent, address) => {
      const server = await serve((_name, family) => (family === given ? [address] : 'silence'))
      const clock = createStandingClock()
      const { resolve } = await open({ clock, nameServers: () => [server.authority], silenceMsMax: LONG_MS })
      const answer = resolve('a.example')
      await expect.poll(() => clock.timerCount).toBe(1)
      clock.move(500)
      expect(await answer).toEqual([address])
      expect(clock.timerCount).toBe(0)
    },
  )

  test('that has answered for both leaves no timer behind', async () => {
    const clock = createStandingClock()
    const { resolve } = await open({ clock })
    await resolve('both.example')
    expect(clock.timerCount).toBe(0)
  })

  test('that is silent is given up, and the system, which would ask it too, is not asked', async () => {
    const { resolve, asked } = await open({ silenceMsMax: 20 })
    await expect(resolve('silent.example')).rejects.toMatchObject({ code: 'ETIMEOUT' })
    expect(asked).toEqual([])
  })

  test('that fails is told, also when the other family only has no address', async () => {
    const { resolve, asked } = await open()
    await expect(resolve('broken.example')).rejects.toMatchObject({ code: 'ESERVFAIL' })
    expect(asked).toEqual([])
  })

  test('the name servers of the machine are read again after a minute', async () => {
    const clock = createStandingClock()
    const first = await serve(() => ['192.0.2.1'])
    const second = await serve(() => ['192.0.2.2'])
    let used = first
    const { resolve } = await open({ clock, nameServers: () => [used.authority] })
    expect(await resolve('a.example')).toEqual(['192.0.2.1'])
    used = second
    expect(await resolve('a.example')).toEqual(['192.0.2.1'])
    clock.move(60_000)
    expect(await resolve('a.example')).toEqual(['192.0.2.2'])
  })
})

describe('the system', () => {
  test.each(['unknown.example', 'empty.example'])('is asked for %s, which DNS has no address of', async (name) => {
    const { resolve } = await open({ askSystem: async () => ['10.1.1.1'] })
    expect(await resolve(name)).toEqual(['10.1.1.1'])
  })

  test('has the last word about what exists', async () => {
    const { resolve } = await open()
    await expect(resolve('unknown.example')).rejects.toMatchObject({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })
  })

  test('is asked where no name server is', async () => {
    const { resolve, server } = await open({ askSystem: async () => ['10.1.1.2'] })
    servers.length = 0
    await server.close()
    expect(await resolve('four.example')).toEqual(['10.1.1.2'])
  })

  test('is asked alone for names without a dot, and for those of the hosts file as it is now', async () => {
    const { resolve, server, asked } = await open()
    const hosts = join(folder, 'hosts')
    await resolve('receiver').catch(() => {})
    expect(await resolve('four.example')).toEqual(['192.0.2.4'])
    await writeFile(hosts, '10.0.0.4\tFOUR.example\n')
    await resolve('four.example').catch(() => {})
    expect(asked).toEqual(['receiver', 'four.example'])
    expect(server.questions).toEqual(['four.example', 'four.example'])

    await writeFile(hosts, '')
    await utimes(hosts, 1, 1)
    expect(await resolve('four.example')).toEqual(['192.0.2.4'])
  })

  test('is waited for by a hundred names that DNS does not know; the next ones do not exist', async () => {
    const asked: ((addresses: string[]) => void)[] = []
    const { resolve } = await open({
      askSystem: (name) => (asked.length === 0 ? new Promise((answer) => asked.push(answer)) : Promise.resolve([name])),
    })
    const count = 120
    let refused = 0
    const answers = Array.from({ length: count }, (_, index) =>
      resolve(`unknown-${index}.example`).catch((error) => {
        refused++
        return error.code
      }),
    )
    await expect.poll(() => refused).toBe(count - 100)
    asked[0]?.(['10.0.0.1'])
    const all = await Promise.all(answers)
    expect(all.filter((answer) => answer === 'ENOTFOUND')).toHaveLength(count - 100)
    expect(await resolve('later.example')).toEqual(['later.example'])
  })

  test('is asked for one name at a time of those that DNS does not know: others of its threads stay free', async () => {
    const waiting: { name: string; answer: (addresses: string[]) => void }[] = []
    const { resolve } = await open({
      askSystem: (name) => new Promise((answer) => waiting.push({ name, answer })),
    })
    const first = resolve('one.unknown.example')
    await expect.poll(() => waiting.length).toBe(1)
    const second = resolve('two.unknown.example')
    const ofHere = resolve('receiver')
    await expect.poll(() => waiting.length).toBe(2)
    expect(waiting.map(({ name }) => name)).toEqual(['one.unknown.example', 'receiver'])
    for (const { answer } of waiting.splice(0)) answer(['10.0.0.1'])
    expect(await Promise.all([first, ofHere])).toEqual([['10.0.0.1'], ['10.0.0.1']])
    await expect.poll(() => waiting.map(({ name }) => name)).toEqual(['two.unknown.example'])
    waiting[0]?.answer(['10.0.0.2'])
    expect(await second).toEqual(['10.0.0.2'])
  })
})
