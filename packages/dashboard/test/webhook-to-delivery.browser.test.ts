import { expect, test } from 'vitest'
import { headerOf } from '../../server/test/harness/receiver.ts'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser(
  'from the form to the delivery',
  (world) => {
    test('set the form, dispatch, see the webhook arrive, fail, retry and resend', async () => {
      const { receiver, talk } = world.scene
      const { page, open } = await world.openSignedIn()
      await page.getByText('No webhook is switched on').waitFor()
      await page.getByRole('link', { name: 'Set up the default webhook' }).click()

      await page.getByLabel('Webhook URL').fill('not a url')
      await page.getByText('The URL is not a URL').waitFor()
      await page.getByLabel('Webhook URL').fill(receiver.url)
      await page.getByText('This URL can be called.').waitFor()
      await page.getByRole('switch', { name: 'Enable Webhooks' }).click()
      await page.getByLabel('Secret for Signature', { exact: true }).fill('short')
      await page.getByRole('button', { name: 'SAVE', exact: true }).click()
      await page.getByRole('alert').getByText('Secret for Signature').waitFor()
      await page.getByRole('button', { name: 'Generate' }).click()
      const secret = await page.getByLabel('Secret for Signature', { exact: true }).inputValue()
      expect(secret).toMatch(/^whsec_.{44}$/)
      await page.getByRole('checkbox', { name: 'Include AI Job Result' }).click()
      await page.getByRole('button', { name: 'SAVE', exact: true }).click()
      await page.getByText('Saved. The next attempt uses these settings.').waitFor()
      expect(await talk.webhook('default')).toMatchObject({ enabled: true, url: receiver.url, include_result: true })
      expect(await page.content()).not.toContain(secret)

      await page.getByRole('button', { name: 'Send test' }).click()
      await page.getByText('HTTP 200').waitFor()
      await page.getByRole('tab', { name: 'Verify signature' }).click()
      const sent = await receiver.request(1)
      await page.getByText(headerOf(sent, 'x-signature') ?? 'no signature').waitFor()

      await open('/deliveries')
      await page.getByRole('link', { name: 'content_translate' }).waitFor()
      receiver.answerWith((_request, response) => response.writeHead(500).end('not now'))
      const jobId = await talk.dispatch()
      await page.getByRole('button', { name: '1 new delivery: show' }).click()
      await page.getByRole('link', { name: 'content_detect_emails' }).click()
      const drawer = page.getByRole('dialog')
      await drawer.getByRole('button', { name: /Attempt 1: HTTP 500/ }).waitFor()
      await drawer.getByText('not now').waitFor()
      // The retry of the schedule, without anybody's doing.
      await drawer.getByRole('button', { name: /Attempt 2: HTTP 500/ }).waitFor()
      await drawer.getByText('Given up: no retry is left').waitFor()

      receiver.answerWith((_request, response) => response.end('thanks'))
      await drawer.getByRole('button', { name: 'Resend' }).click()
      await drawer.getByRole('button', { name: /Attempt 3, asked for by a person: HTTP 200/ }).waitFor()
      await drawer.getByText('Delivered', { exact: true }).first().waitFor()
      const bodies = receiver.requests.slice(1).map(({ body }) => body.toString())
      expect(new Set(bodies).size).toBe(1)
      expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ id: jobId, status: 'success' })

      await drawer.getByRole('tab', { name: 'Request' }).click()
      await drawer.getByRole('button', { name: 'Copy as curl' }).click()
      const copied = await page.evaluate<string>('navigator.clipboard.readText()')
      expect(copied).toContain(`--data-binary '${bodies[0]}'`)
      await page.reload()
      await page.getByRole('dialog').getByRole('heading', { name: 'Timeline' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(new URL(page.url()).pathname).toBe('/dashboard/deliveries')
    })

    test('what failed is gathered by webhook and cause, and recovered with the count first', async () => {
      const { receiver, talk } = world.scene
      receiver.answerWith((_request, response) => response.writeHead(404).end())
      await talk.setWebhook('default', { enabled: true, url: receiver.url })
      const since = new Date().toISOString()
      await talk.dispatchMany(2)
      await talk.deliveriesAre(`status=failed&since=${since}`, 2)
      const { page, open } = await world.openSignedIn()
      await open('/failed')
      await page.getByRole('link', { name: 'Answer outside 2xx' }).waitFor()
      await page.getByRole('button', { name: 'Recover' }).click()
      await page.getByText('2 deliveries', { exact: true }).waitFor()
      await page.getByLabel('Cause').selectOption('tls')
      await page.getByText('0 deliveries', { exact: true }).waitFor()
      await page.getByLabel('Cause').selectOption('status')
      await page.getByText('2 deliveries', { exact: true }).waitFor()
      receiver.answerWith((_request, response) => response.end('ok'))
      await page.getByRole('button', { name: 'Send 2 again' }).click()
      await page.getByText('2 deliveries will be sent again.').waitFor()
      await talk.deliveriesAre(`status=delivered&since=${since}`, 2)

      // What ended while it was off, of which it has no deliveries.
      await talk.setWebhook('default', { enabled: false })
      const [jobId] = await talk.dispatchMany(1)
      await expect.poll(async () => (await talk.call('GET', `/jobs/${jobId}`)).json.status).toBe('success')
      await talk.setWebhook('default', { enabled: true })
      await page.getByRole('button', { name: 'Recover' }).click()
      await page.getByLabel('Webhook').selectOption('default')
      await page.getByRole('checkbox', { name: 'Jobs that it was never told of' }).click()
      await page.getByRole('button', { name: 'Send 1', exact: true }).click()
      await page.getByText('1 delivery will be sent.').waitFor()
      await talk.deliveryOf(jobId ?? '', 'status=delivered')
    })

    test('a receiver that asked for patience is said to be slowed, with how long answers take from the end of the job', async () => {
      const { receiver, talk } = world.scene
      receiver.answerWith((_request, response) => response.writeHead(503, { 'retry-after': '3000' }).end())
      const { id } = await talk.addWebhook({ name: 'slow', url: receiver.url, secret: 'a secret of this test' })
      await talk.deliveryOf(await talk.dispatch(), `webhook=${id}&status=waiting&cause=status`)
      const { page, open } = await world.openSignedIn()
      await open('/webhooks/slow')
      await page.getByText('Slowed', { exact: true }).waitFor()
      await page.getByText('The receiver asked for patience: next attempt in').waitFor()
      const { data } = (await talk.call('GET', '/stats/webhooks')).json
      const stats = data.find(({ webhook_id }: { webhook_id: string }) => webhook_id === id)
      expect(stats.first_byte_after_p50_ms).toBeGreaterThan(0)
      const figure = page
        .getByLabel('Health')
        .locator('div', { hasText: /^Job end to answer/ })
        .first()
      expect(await figure.textContent()).toMatch(/^Job end to answer\S.*95 of 100 within/)
      receiver.answerWith((_request, response) => response.end('ok'))
      await talk.call('DELETE', '/webhooks/slow')
    })

    test('a secret is rotated with both ends shown, a webhook is added, switched off and deleted', async () => {
      const { receiver, talk } = world.scene
      await talk.setWebhook('default', { enabled: true, url: receiver.url })
      const { page, open } = await world.openSignedIn()
      await open('/webhooks/default')
      await page.getByRole('button', { name: 'Rotate secret' }).click()
      await page.getByLabel('How long the old secret goes on signing').selectOption('1h')
      await page.getByText('Old secret ends').waitFor()
      await page.getByRole('button', { name: 'Rotate', exact: true }).click()
      await page.getByRole('dialog', { name: 'Your secret for signature' }).waitFor()
      await page.getByRole('button', { name: 'I have copied it' }).click()
      await page.getByText('signs too, ends').waitFor()

      await open('/webhooks/new')
      await page.getByLabel('Webhook URL').fill(receiver.url)
      await page.getByLabel('Name', { exact: true }).fill('Not A Name')
      await page.getByRole('button', { name: 'Add webhook' }).click()
      await page.getByRole('alert').getByText('Name must have').waitFor()
      await page.getByLabel('Name', { exact: true }).fill('second')
      await page.getByRole('checkbox', { name: 'All job types' }).click()
      await page.getByRole('checkbox', { name: 'content_detect_urls' }).click()
      await page.getByRole('button', { name: 'Add webhook' }).click()
      await page.getByRole('button', { name: 'I have copied it' }).click()
      await page.getByRole('heading', { name: 'second' }).waitFor()
      expect((await talk.webhook('second')).job_types).toEqual(['content_detect_urls'])

      await page.getByLabel('Retry schedule').fill('soon')
      await page.getByRole('button', { name: 'Save rules' }).click()
      await page.getByRole('alert').getByText('Retry schedule').waitFor()
      await page.getByLabel('Retry schedule').fill('5s, 1m')
      await page.getByLabel('Rate limit').fill('3')
      await page.getByRole('button', { name: 'Save rules' }).click()
      await page.getByText('Rules saved.').waitFor()
      expect(await talk.webhook('second')).toMatchObject({ retry_schedule: ['5s', '1m'], rate_limit_per_second: 3 })

      await page.getByRole('button', { name: 'Switch off' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
      await page.getByText('The webhook is off.').waitFor()
      await page.getByRole('button', { name: 'Delete' }).click()
      await page.getByRole('button', { name: 'Delete the webhook' }).click()
      await page.getByText('The webhook "second" was deleted.').waitFor()
      expect(new URL(page.url()).pathname).toBe('/dashboard/webhooks')
    })
  },
  { RINGBACK_WEBHOOK_RETRY_SCHEDULE: '1s' },
)
