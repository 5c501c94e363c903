import { describe, expect, test } from 'vitest'
import { MODELS } from './harness/model-configs.ts'
import { startModelServer } from './harness/model-server.ts'
import { wireOf } from './harness/model-wire.ts'
import { describeEngines } from './harness/ringback.ts'
import { useOwn } from './harness/use-own.ts'
import { useReceiver } from './harness/use-receivers.ts'
import { useRingback } from './harness/use-ringback.ts'

describeEngines('a whole server with a model', (createDatabase) => {
  const models = useOwn(startModelServer, (server) => server.close())

  describe.each(MODELS)(
    'of $provider, reached through RINGBACK_MODEL_BASE_URL',
    ({ provider, modelId, base, wire }) => {
      const ringback = useRingback(createDatabase, () => ({
        env: {
          RINGBACK_MODEL: `${provider}/${modelId}`,
          RINGBACK_MODEL_BASE_URL: `${models.origin}${base}`,
          RINGBACK_MODEL_API_KEY: 'sk-test-0123456789',
          RINGBACK_MODEL_PRICES: JSON.stringify({ [`${provider}/${modelId}`]: { input: 10, output: 100 } }),
        },
      }))
      const receiver = useReceiver()

      test('answers by webhook, with what the job has used', async () => {
        const webhook = { enabled: true, url: receiver.url, secret: 'a secret of these tests', include_result: true }
        expect((await ringback.call('PATCH', '/api/v1/webhooks/default', webhook)).status).toBe(200)
        models.script({ kind: 'ok', value: { summary: 'Short.' } })
        const dispatched = await ringback.call('POST', '/api/v1/content/summarize', { content: 'A long text.' })
        expect(dispatched.status).toBe(202)
        const { job_id: id, status_url } = dispatched.json
        const told = JSON.parse((await receiver.request(1)).body.toString())
        expect(told).toEqual({ id, status: 'success', type: 'content_summarize', result: { summary: 'Short.' } })
        expect(models.requests.map(({ path }) => wireOf(path))).toEqual([wire])
        const { json, headers } = await ringback.call('GET', new URL(status_url).pathname)
        expect(json.data.meta.usage).toMatchObject({ input_tokens: 7, output_tokens: 5, cost_micro_usd: 570 })
        expect(headers.get('sharpapi-cost')).toBe('0.000570')
      })
    },
  )
})
