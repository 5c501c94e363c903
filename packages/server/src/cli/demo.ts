import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from '../app.ts'
import { parseConfig } from '../config/parse-config.ts'
import { EXIT_CODES, messageOf } from '../lib/errors.ts'
import { secretText } from '../lib/secret-text.ts'
import { SAMPLE_BODY, sampleDispatch } from './banner.ts'
import type { CommandContext, RunCommand } from './command-context.ts'
import { findFreePort, type ReceivedWebhook, startDemoReceiver } from './demo-receiver.ts'
import { verifyStandardWebhook, verifyXSignature } from './demo-verify.ts'
import { API_BASE_PATH } from './paths.ts'

/** How long the webhook may take. It needs milliseconds; a machine that is busy gets patience. */
const DEADLINE_MS = 10_000

/**
 * Runs the whole of Ringback once, with nothing else: an empty database in a temporary folder, the server, a receiver,
 * one real job dispatched over HTTP, and the webhook that comes back, verified by code that shares nothing with the
 * server's. Exit code 0 when the signature is right, 1 with the reason otherwise. Leaves nothing behind.
 */
export const demo: RunCommand = async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'ringback-demo-'))
  const receiver = await startDemoReceiver()
  try {
    return await runDemo(context, folder, receiver)
  } catch (error) {
    context.print(`\nThe demo failed: ${messageOf(error)}`)
    return EXIT_CODES.unexpected
  } finally {
    await receiver.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function runDemo(
  context: CommandContext,
  folder: string,
  receiver: Awaited<ReturnType<typeof startDemoReceiver>>,
): Promise<number> {
  const { print, clock, random } = context
  const port = await findFreePort()
  const config = parseConfig({
    RINGBACK_PORT: String(port),
    RINGBACK_PUBLIC_URL: `http://127.0.0.1:${port}`,
    RINGBACK_DATABASE_URL: `file:${join(folder, 'demo.db')}`,
    // Only for this demo: its receiver is on this machine, without TLS.
    RINGBACK_ALLOW_HTTP_TARGETS: 'true',
    RINGBACK_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
    RINGBACK_LOG_LEVEL: 'error',
  })
  const app = await startApp(config, { clock, random, log: context.commandLog(config.logLevel) })
  try {
    const key = app.generatedApiKey ?? ''
    const secret = `whsec_${Buffer.from(secretText(), 'base64url').toString('base64')}`
    print('Ringback demo: a job goes in, a signed webhook comes out.\n')
    print(`1. The server listens on ${app.origin}, on an empty database in a temporary folder.`)

    const settings = { enabled: true, url: receiver.url, secret, include_result: true }
    await request(`${app.origin}${API_BASE_PATH}/webhooks/default`, 'PATCH', key, JSON.stringify(settings))
    print(`2. The webhook of the account is set to ${receiver.url}, with a secret and "include_result".\n`)

    print(`3. A job is dispatched:\n\n${indent(sampleDispatch(app.origin, key))}\n`)
    const startMs = clock.monotonicMs()
    const dispatched = await request(`${app.origin}${API_BASE_PATH}/content/detect_phones`, 'POST', key, SAMPLE_BODY)
    const dispatchedMs = clock.monotonicMs()
    const webhook = await beforeDeadline(context, receiver.received)
    const receivedMs = clock.monotonicMs()
    print(`   answered ${dispatched.status} after ${(dispatchedMs - startMs).toFixed(1)} ms:\n`)
    print(`${indent(dispatched.body)}\n`)

    print(`4. The webhook that arrived ${(receivedMs - startMs).toFixed(1)} ms after the dispatch:\n`)
    print(`${indent(showWebhook(webhook))}\n`)

    if (!verifyXSignature(webhook, secret)) throw new Error('the X-Signature of the webhook is wrong')
    if (!verifyStandardWebhook(webhook, secret)) throw new Error('the webhook-signature of the webhook is wrong')
    const { id } = JSON.parse(webhook.body) as { id: string }
    const { job_id: jobId } = JSON.parse(dispatched.body) as { job_id: string }
    if (id !== jobId) throw new Error(`the webhook tells of the job ${id}, not of ${jobId}`)
    print('5. signature verified: X-Signature (HMAC-SHA256 of the body)')
    print('   signature verified: webhook-signature (Standard Webhooks 1.0)')
    print(`\nFrom dispatch to verified webhook: ${(clock.monotonicMs() - startMs).toFixed(1)} ms`)
    return EXIT_CODES.ok
  } finally {
    await app.stop()
  }
}

async function request(
  url: string,
  method: string,
  key: string,
  body: string,
): Promise<{ status: number; body: string }> {
  const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }
  const response = await fetch(url, { method, headers, body })
  const answer = { status: response.status, body: await response.text() }
  if (!response.ok) throw new Error(`${method} ${url} was answered ${answer.status}: ${answer.body}`)
  return answer
}

function beforeDeadline({ clock, stopSignal }: CommandContext, received: Promise<ReceivedWebhook>) {
  return new Promise<ReceivedWebhook>((resolve, reject) => {
    const reason = `no webhook arrived within ${DEADLINE_MS / 1_000} s`
    const cancel = clock.after(DEADLINE_MS, () => reject(new Error(reason)), { keepAlive: true })
    stopSignal.addEventListener('abort', () => reject(new Error('it was stopped')), { once: true })
    void received.then((webhook) => {
      cancel()
      resolve(webhook)
    })
  })
}

function showWebhook({ path, headers, body }: ReceivedWebhook): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`)
  return [`POST ${path}`, ...lines, '', body].join('\n')
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '   ')
}
