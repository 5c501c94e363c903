import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { toCurl } from './curl.ts'

const request = {
  method: 'POST' as const,
  url: "https://receiver.example/it's?a=$HOME",
  headers: [
    ['host', 'receiver.example'],
    ['Content-Length', '12'],
    ['X-Note', "it's $(id) `id`"],
  ] as [string, string][],
}

test('the shell reads back exactly what was sent, whatever quotes are in it', () => {
  const body = '{"text":"it\'s \\"$HOME\\" `id`\\n"}'
  const script = toCurl({ request }, body).replace(/^curl/, 'printf "%s\\0"')
  const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' })
  expect(stdout.split('\0').slice(0, -1)).toEqual([
    '-X',
    'POST',
    request.url,
    '-H',
    "X-Note: it's $(id) `id`",
    '--data-binary',
    body,
  ])
})
