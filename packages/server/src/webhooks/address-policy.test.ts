import { describe, expect, test } from 'vitest'
import { createAddressPolicy, parseAllowedNetwork } from './address-policy.ts'

function isAllowed(address: string, ...allowPrivateTargets: string[]): boolean {
  return createAddressPolicy({ allowPrivateTargets }).judge(address).allowed
}

describe('an allowed block opens exactly what it names', () => {
  test('nothing that is not public is open without one', () => {
    expect(createAddressPolicy({ allowPrivateTargets: [] }).judge('10.1.2.3')).toEqual({
      allowed: false,
      range: 'private network',
      cidr: '10.0.0.0/8',
    })
    expect(isAllowed('8.8.8.8')).toBe(true)
  })

  test.each([
    ['10.1.2.0/24', '10.1.2.0', '10.1.2.255', '10.1.1.255', '10.1.3.0'],
    ['127.0.0.0/8', '127.0.0.1', '127.255.255.255', '10.0.0.1', '0.0.0.0'],
    ['192.168.7.9/32', '192.168.7.9', '192.168.7.9', '192.168.7.8', '192.168.7.10'],
    ['192.168.7.9', '192.168.7.9', '192.168.7.9', '192.168.7.8', '192.168.7.10'],
    ['fd12:3456::/32', 'fd12:3456::', 'fd12:3456:ffff:ffff:ffff:ffff:ffff:ffff', 'fd12:3455::1', 'fd12:3457::1'],
    ['::1/128', '::1', '::1', '::', '::2'],
  ])('%s opens %s to %s, and neither %s nor %s', (block, first, last, before, after) => {
    expect([first, last, before, after].map((address) => isAllowed(address, block))).toEqual([true, true, false, false])
  })

  test('an IPv4 block opens the IPv4-mapped form of its addresses, which reaches the same hosts', () => {
    expect(isAllowed('::ffff:10.0.0.1', '10.0.0.0/8')).toBe(true)
    expect(isAllowed('::ffff:127.0.0.1', '10.0.0.0/8')).toBe(false)
  })

  test('an IPv4 block opens no form that only a gateway translates', () => {
    for (const address of ['64:ff9b::a00:1', '2002:a00:1::1', '::10.0.0.1', '::ffff:0:10.0.0.1']) {
      expect(isAllowed(address, '10.0.0.0/8', '0.0.0.0/0')).toBe(false)
    }
  })

  test('an IPv6 block opens no IPv4 address, mapped or not', () => {
    expect(isAllowed('127.0.0.1', '::/0')).toBe(false)
    expect(isAllowed('::ffff:127.0.0.1', '::/0')).toBe(false)
    expect(isAllowed('::1', '::/0')).toBe(true)
  })

  test('a block of IPv4-mapped addresses is the IPv4 block', () => {
    expect(isAllowed('10.0.0.1', '::ffff:10.0.0.0/104')).toBe(true)
    expect(isAllowed('11.0.0.1', '::ffff:10.0.0.0/104')).toBe(true) // public
    expect(isAllowed('127.0.0.1', '::ffff:10.0.0.0/104')).toBe(false)
  })

  test('what is no address is refused under any block', () => {
    for (const text of ['', 'example.com', '127.1', '[::1]']) expect(isAllowed(text, '0.0.0.0/0', '::/0')).toBe(false)
  })
})

describe('a block that could be meant otherwise is refused with what to write', () => {
  test.each([
    ['10.0.0.5/8', /write 10\.0\.0\.0\/8 for the whole block or 10\.0\.0\.5\/32/],
    ['fd00::1/8', /write fd00::\/8 for the whole block or fd00::1\/128/],
    ['10.0.0.0/33', /from 0 to 32/],
    ['::/129', /from 0 to 128/],
    ['10.0.0.0/', /from 0 to 32/],
    ['10.0.0.0/8/8', /not a CIDR block/],
    ['10.0.0', /not a CIDR block/],
    ['0x7f.0.0.0/8', /not a CIDR block/],
    ['fe80::1%eth0/128', /not a CIDR block/],
    ['localhost', /not a CIDR block/],
    ['', /not a CIDR block/],
  ])('%s', (text, message) => {
    expect(() => parseAllowedNetwork(text)).toThrow(message)
  })
})
