import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { currentHost, isPidAlive } from './host.ts'

test('a process on this machine has the same host, whoever asks', async () => {
  const script = `import { currentHost } from ${JSON.stringify(new URL('./host.ts', import.meta.url).href)}
    process.stdout.write(currentHost())`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  expect(Buffer.concat(chunks).toString()).toBe(currentHost())
  expect(currentHost()).not.toBe('')
})

test('a pid is alive until its process has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  expect(isPidAlive(pid)).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(isPidAlive(pid)).toBe(false)
  expect(isPidAlive(process.pid)).toBe(true)
})
