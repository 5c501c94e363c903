import { expect, test } from 'vitest'
import { proxyExceptions, proxyUrl } from './proxy-url.ts'
import { BadValue } from './setting.ts'

test.each([
  ['http://proxy.internal:3128', { protocol: 'http', hostname: 'proxy.internal', port: 3128, credentials: null }],
  ['http://proxy:80/', { protocol: 'http', hostname: 'proxy', port: 80, credentials: null }],
  [
    'http://me:p%40ss@[::1]:8080',
    { protocol: 'http', hostname: '::1', port: 8080, credentials: { user: 'me', password: 'p@ss' } },
  ],
  ['socks5://proxy:1080', { protocol: 'socks5', hostname: 'proxy', port: 1080, credentials: null }],
  ['socks5h://proxy:1080/', { protocol: 'socks5', hostname: 'proxy', port: 1080, credentials: null }],
  [
    'socks5://me:p%40ss@[::1]:1080',
    { protocol: 'socks5', hostname: '::1', port: 1080, credentials: { user: 'me', password: 'p@ss' } },
  ],
])('%s is read', (text, expected) => {
  expect(proxyUrl(text)).toEqual(expected)
})

test.each([
  'https://proxy:3128',
  'http://proxy',
  'proxy:3128',
  'http://proxy:3128/path',
  'socks5://proxy',
  'socks5://proxy:1080/path',
  'socks5://proxy:1080?x',
  'socks5://:1080',
  'socks4://proxy:1080',
  'socks://proxy:1080',
  '',
])('"%s" is refused', (text) => {
  expect(() => proxyUrl(text)).toThrow(BadValue)
})

test('a password that SOCKS5 cannot carry is refused with the reason', () => {
  expect(() => proxyUrl(`socks5://me:${'ü'.repeat(128)}@proxy:1080`)).toThrow('at most 255 bytes')
  expect(proxyUrl(`http://me:${'ü'.repeat(128)}@proxy:1080`).credentials?.password).toHaveLength(128)
})

test('exceptions are host names, domains and addresses; what could be meant otherwise is refused', () => {
  expect(proxyExceptions('Hooks.internal, .svc.local,10.0.0.1,::1')).toEqual([
    'hooks.internal',
    '.svc.local',
    '10.0.0.1',
    '::1',
  ])
  for (const text of ['*.svc.local', 'http://a.example', 'a.example:80', '10.0.0.0/8', '[::1]', 'a b', '..a']) {
    expect(() => proxyExceptions(text), text).toThrow(text)
  }
})
