import { expect, test } from 'vitest'
import { InvalidHeaderError, requestBytes } from './request-bytes.ts'

const url = new URL('https://user:hidden@receiver.example:8443/hook?a=1&b=%20#part')

test('a request is its head and its body, to the byte', () => {
  const body = Buffer.from('{"text":"naïve ☎"}')
  const bytes = requestBytes({
    url,
    headers: [
      ['X-Name', 'caf\xe9'],
      ['webhook-id', '1'],
    ],
    body,
  })
  const head =
    'POST /hook?a=1&b=%20 HTTP/1.1\r\nhost: receiver.example:8443\r\nconnection: keep-alive\r\n' +
    `X-Name: caf\xe9\r\nwebhook-id: 1\r\ncontent-length: ${body.length}\r\n\r\n`
  expect(bytes).toEqual(Buffer.concat([Buffer.from(head, 'latin1'), body]))
})

test.each([
  ['', 'a'],
  ['X Name', 'a'],
  ['X-Name:', 'a'],
  ['X-Näme', 'a'],
  ['X-Name\r\nInjected', 'a'],
  ['X-Name', 'secret\r\nInjected: yes'],
  ['X-Name', 'secret\n'],
  ['X-Name', 'secret\0'],
  ['X-Name', 'secret \u2028'],
  ['X-Name', 'secret Ā'],
])('the header %j: %j is refused, and its value is not told', (name, value) => {
  const build = () => requestBytes({ url, headers: [[name, value]], body: Buffer.from('') })
  expect(build).toThrow(InvalidHeaderError)
  expect(build).not.toThrow('secret')
})
