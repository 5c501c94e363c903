import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { repositoryFiles, root } from './repository-files.ts'
import { createTerminal, DEADLINE_MS, quote, type Shell, untilListening, waitFor } from './terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringback-readme-'))
afterAll(async () => {
  await terminal.stopAll()
  rmSync(folder, { recursive: true })
})

/** The fenced blocks of one language, as they are in README.md. */
function blocks(language: string): string[] {
  const fenced = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms)
  return [...fenced].filter((block) => block[1] === language).map((block) => block[2] ?? '')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A copy of the repository as it is in the working tree, with the installed packages linked in. */
function copyRepository(): void {
  for (const file of repositoryFiles()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

copyRepository()
const [apiPort, receiverPort] = [await freePort(), await freePort()]
const terminal = createTerminal(join(folder, 'environment.sh'), { RINGBACK_PORT: String(apiPort) })
const { run, startUntil, stop } = terminal

/**
 * Three things differ from what README says, because tests share a machine: the ports, and `npm ci`, which is checked
 * against the lock file without installing again (`.ci/run` does it for real).
 */
function adapt(text: string): string {
  return text
    .replaceAll(':4400', `:${apiPort}`)
    .replaceAll(/\b3000\b/g, String(receiverPort))
    .replaceAll('npm ci', 'npm ci --dry-run --silent')
}

describe('README.md', { timeout: 4 * DEADLINE_MS }, () => {
  const [
    quickStart = '',
    startForReceiver = '',
    startReceiver = '',
    setWebhook = '',
    dispatch = '',
    list = '',
    cli = '',
  ] = blocks('sh').map(adapt)

  test('has the commands that this test runs, and no others', () => {
    expect(blocks('sh')).toHaveLength(7)
    expect(blocks('js')).toHaveLength(1)
  })

  test('the first command starts a server, and the line that it prints dispatches a job', async () => {
    const server = await startUntil(quickStart, '"started"')
    const printed = /^curl .*?'$(?=\n\n)/ms.exec(server.output())?.[0] ?? ''
    expect(printed).toContain('Authorization: Bearer rb_')
    expect(JSON.parse(await run(printed))).toEqual({
      status_url: expect.stringMatching(`^http://localhost:${apiPort}/api/v1/content/detect_phones/job/status/`),
      job_id: expect.any(String),
    })
    await stop(server)
  })

  test('the steps by hand lead to a webhook that the receiver of README accepts', async () => {
    writeFileSync(join(folder, 'receiver.mjs'), adapt(blocks('js')[0] ?? ''))
    const server = await startUntil(startForReceiver, '"started"')
    const receiver = await startReceiverOf(startReceiver)
    expect(JSON.parse(await run(setWebhook))).toMatchObject({ enabled: true, include_result: true })

    const { job_id: jobId } = JSON.parse(await run(dispatch)) as { job_id: string }
    await waitFor(receiver, 'job finished:')
    expect(receiver.output()).toContain(jobId)
    expect(receiver.output()).toContain('+442079460958')

    // The attempt is recorded after the receiver has answered: asked again until it is.
    const delivered = `until answer=$(${list.trim()}) && grep -q '"delivered"' <<< "$answer"; do sleep 0.05; done`
    expect(await run(`timeout 10 bash -c ${quote(`${delivered}; echo "$answer"`)}`)).toContain(jobId)
    await stop(receiver)
    await stop(server)
  })

  test('the commands of the command line work', async () => {
    const output = await run(cli)
    expect(output).toContain('Usage: ringback')
    expect(output).toContain('Nothing is wrong.')
    expect(output).toMatch(/RINGBACK_API_KEY|first key/)
  })
})

/** The receiver prints nothing when it is ready; its port tells. */
async function startReceiverOf(commands: string): Promise<Shell> {
  const child = await startUntil(commands, '')
  await run(untilListening(receiverPort))
  return child
}
