import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type LookupFunction } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ResolveName } from './name-resolver.ts'
import { BlockedAddressError, createUrlGuard } from './url-guard.ts'

function guardWith(allowPrivateTargets: readonly string[], resolve?: ResolveName) {
  return createUrlGuard({ allowHttpTargets: true, allowPrivateTargets, ...(resolve && { resolve }) })
}

const receiver = createServer((socket) => socket.end())
let port = 0

beforeEach(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  port = (receiver.address() as AddressInfo).port
})

afterEach(async () => {
  receiver.close()
  await once(receiver, 'close')
})

/** The address a real socket was connected to by way of the lookup. */
async function connectTo(host: string, lookup: LookupFunction): Promise<string | undefined> {
  const socket = connect({ host, port, lookup })
  try {
    await once(socket, 'connect')
    return socket.remoteAddress
  } finally {
    socket.destroy()
  }
}

describe('a real connection', () => {
  test('is refused when the name leads to an address that is not allowed', async () => {
    // Not an address for net.connect, so it is looked up; the system resolver reads it as 127.0.0.1.
    const connection = connectTo('127.1', guardWith([]).lookup)
    await expect(connection).rejects.toBeInstanceOf(BlockedAddressError)
    await expect(connection).rejects.toMatchObject({
      code: 'ERR_BLOCKED_ADDRESS',
      address: '127.0.0.1',
      range: 'loopback',
    })
  })

  test('is made when the block is allowed', async () => {
    await expect(connectTo('127.1', guardWith(['127.0.0.0/8']).lookup)).resolves.toBe('127.0.0.1')
  })

  test('reaches localhost without asking DNS, by an allowed address only', async () => {
    const resolve: ResolveName = () => Promise.reject(new Error('asked'))
    await expect(connectTo('app.localhost', guardWith(['127.0.0.0/8'], resolve).lookup)).resolves.toBe('127.0.0.1')
    await expect(connectTo('localhost', guardWith([], resolve).lookup)).rejects.toThrow(BlockedAddressError)
  })

  test('is refused when the name changed after the check (rebinding)', async () => {
    const answers = [['93.184.215.14'], ['127.0.0.1']]
    const guard = guardWith([], async () => answers.shift() ?? [])
    await guard.checkUrl('https://rebinding.example/')
    await expect(connectTo('rebinding.example', guard.lookup)).rejects.toMatchObject({ address: '127.0.0.1' })
  })

  test('is refused when one of several addresses is not allowed', async () => {
    const guard = guardWith(['127.0.0.0/8'], async () => ['127.0.0.1', '10.0.0.1'])
    await expect(connectTo('mixed.example', guard.lookup)).rejects.toMatchObject({ address: '10.0.0.1' })
  })

  test('fails as an unknown name when DNS has no address for it', async () => {
    await expect(connectTo('empty.example', guardWith([], async () => []).lookup)).rejects.toMatchObject({
      code: 'ENOTFOUND',
    })
  })
})

describe('lookup has the two forms that sockets ask for', () => {
  const { lookup } = guardWith([], async () => ['93.184.215.14', '2606:4700::1111'])
  const ask = (options: Parameters<LookupFunction>[1]) =>
    new Promise((resolve) => lookup('public.example', options, (...results) => resolve(results)))

  test('all addresses, with family', async () => {
    expect(await ask({ all: true })).toEqual([
      null,
      [
        { address: '93.184.215.14', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ],
    ])
  })

  test('the first address, of the wanted family', async () => {
    expect(await ask({})).toEqual([null, '93.184.215.14', 4])
    expect(await ask({ family: 6 })).toEqual([null, '2606:4700::1111', 6])
  })
})

describe('addresses that sockets do not look up', () => {
  test('are checked before connecting, with and without brackets; names pass', () => {
    const guard = guardWith(['10.0.0.0/8'])
    for (const host of ['127.0.0.1', '[::1]', '::1', '::ffff:127.0.0.1', '[fd00::1]']) {
      expect(() => guard.checkConnectLiteral(host)).toThrow(BlockedAddressError)
    }
    for (const host of ['8.8.8.8', '10.0.0.1', '[2606:4700::1111]', 'example.com']) guard.checkConnectLiteral(host)
  })

  test('the address a socket is really connected to has the last word; none is refused', () => {
    const guard = guardWith([])
    expect(guard.judgeRemote('8.8.8.8')).toEqual({ allowed: true })
    expect(guard.judgeRemote('::ffff:127.0.0.1')).toMatchObject({ allowed: false, range: 'loopback, IPv4-mapped' })
    expect(guard.judgeRemote(undefined)).toMatchObject({ allowed: false })
  })

  test('the message of a blocked connection does not tell the address behind a name', () => {
    expect(new BlockedAddressError('private.example', '10.0.0.7', 'private network').message).toBe(
      'private.example leads to an address that is not public (private network)',
    )
  })
})
