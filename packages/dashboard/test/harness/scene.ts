import { openDashboardFiles } from '../../../server/src/dashboard/dashboard-files.ts'
import { systemClock } from '../../../server/src/lib/clock.ts'
import { type ModelServer, startModelServer } from '../../../server/test/harness/model-server.ts'
import { type Receiver, startReceiver } from '../../../server/test/harness/receiver.ts'
import { createSqliteDatabase, type Ringback, startRingback } from '../../../server/test/harness/ringback.ts'
import { type Talk, talkTo } from '../../../server/test/harness/talk.ts'

/** A running server with the dashboard, on a database of its own, a receiver that answers and a model. */
export interface Scene {
  readonly ringback: Ringback
  readonly talk: Talk
  readonly receiver: Receiver
  /** The provider of its model. */
  readonly model: ModelServer
  /** The file of its database. */
  readonly file: string
  stop(): Promise<void>
}

export async function startScene(env: Record<string, string> = {}): Promise<Scene> {
  const database = await createSqliteDatabase()
  const model = await startModelServer()
  const modelEnv = {
    RINGBACK_MODEL: 'compatible/local',
    RINGBACK_MODEL_BASE_URL: model.baseUrl,
    RINGBACK_MODEL_PRICES: '{"compatible/local":{"input":10,"output":100}}',
  }
  const ringback = await startRingback(database, {
    env: { ...modelEnv, ...env },
    dashboard: openDashboardFiles({ clock: systemClock }),
  })
  const receiver = await startReceiver()
  return {
    ringback,
    talk: talkTo(() => ringback),
    receiver,
    model,
    file: database.env.RINGBACK_DATABASE_URL?.slice('file:'.length) ?? '',
    async stop() {
      // Before the server, which would wait for a job that hangs there.
      await model.close()
      await ringback.stop()
      await receiver.close()
      await database.drop()
    },
  }
}

const HOUR_MS = 3_600_000

/** Jobs as an account has them, one after the other. */
const JOBS = [
  ['detect_emails', 'Write to anna@example.com before Friday.'],
  ['detect_phones', 'Call +44 20 7946 0958 or +1 212 555 0187.'],
  ['detect_urls', 'The terms are at https://example.com/terms.'],
] as const

/** Fills a scene with what an account looks like that is used for some hours: webhooks that work, fail, and are off. */
export async function fillScene({ ringback, talk, receiver, model }: Scene): Promise<void> {
  const { clock } = ringback
  const broken = await startReceiver()
  broken.answerWith((_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json' })
    response.end('{"error":"upstream unavailable","trace":"9f2c1a"}')
  })
  receiver.answerWith((request, response) => {
    if (request.path.endsWith('/moved')) {
      response.writeHead(301, { location: 'https://erp.example/hook' }).end()
      return
    }
    const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}')
    systemClock.after(3 + ((request.body[10] ?? 0) % 9) * 4, answer, { keepAlive: true })
  })
  clock.move(-5 * HOUR_MS)
  await talk.setWebhook('default', {
    enabled: true,
    url: receiver.url,
    secret: 'a secret of the scene',
    include_result: true,
    asymmetric_signature: true,
  })
  await talk.call('POST', '/webhooks/default/rotate-key', { grace: '7d' })
  const crm = { name: 'crm-production', url: broken.url, headers: { 'X-Environment': 'production' } }
  await talk.addWebhook({ ...crm, retry_schedule: ['10s', '30m', '24h'] })
  await talk.addWebhook({
    name: 'billing',
    url: 'http://127.0.0.1:9/hook',
    retry_schedule: [],
    job_types: ['content_detect_urls'],
  })
  await talk.addWebhook({ name: 'legacy-erp', url: `${receiver.url}/moved`, retry_schedule: [] })
  await talk.addWebhook({ name: 'staging', url: receiver.url, enabled: false })
  let count = 0
  for (const forwardMs of [HOUR_MS, 2 * HOUR_MS, 1.5 * HOUR_MS, 0.4 * HOUR_MS, 0.1 * HOUR_MS]) {
    for (const [type, content] of [...JOBS, ...JOBS]) {
      await talk.call('POST', `/content/${type}`, { content })
      count++
    }
    await talk.deliveriesAre('webhook=default&status=delivered', count)
    clock.move(forwardMs)
  }
  await talk.call('POST', '/webhooks/default/test')
  await talk.dispatch()
  await talk.call('POST', '/api-keys', { name: 'crm backend', scopes: ['jobs'] })
  const old = await talk.call('POST', '/api-keys', { name: 'old laptop' })
  await talk.call('DELETE', `/api-keys/${old.json.id}`)
  await talk.call('POST', '/workflows', {
    slug: 'mood-of-text',
    name: 'Mood of a text',
    description: 'How the writer feels, for the inbox of support.',
    instructions: 'Say the mood of the text in one word, and how sure you are.',
    parameters: [
      { key: 'text', label: 'The text', type: 'json_string', required: true },
      { key: 'sureness', label: 'How sure you must be', type: 'json_number', default_value: '0.5' },
    ],
    output_schema: { mood: 'string', sureness: 'number' },
  })
  await talk.call('POST', '/workflows', {
    slug: 'scan-text',
    name: 'Text of a scan',
    run_by: 'worker',
    is_active: false,
    parameters: [{ key: 'page', type: 'json_number', required: true }],
  })
  const translation = { content: 'Hello, and welcome aboard!', language: 'Italian' }
  model.script(
    { kind: 'ok', value: { content: 'Ciao, e benvenuti a bordo!', from_language: 'English' } },
    { kind: 'refusal' },
    { kind: 'hang' },
  )
  await talk.call('POST', '/content/translate', translation)
  await talk.deliveriesAre('webhook=default&status=delivered', count + 3)
  await talk.call('POST', '/content/translate', translation)
  await talk.deliveriesAre('webhook=default&status=delivered', count + 4)
  await talk.call('POST', '/content/summarize', { content: 'A long report about the third quarter.' })
  await model.requested(3)
  await talk.webhookIs('billing', 'failing')
}
