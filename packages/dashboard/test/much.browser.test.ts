import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { newId } from '../../server/src/lib/ids.ts'
import { describeBrowser } from './harness/describe-browser.ts'
import type { Scene } from './harness/scene.ts'

const MANY = 100_000

/** Longest that a person should wait for a list, on a machine that is busy with other things too. */
const PATIENCE_MS = 5_000

/** Puts deliveries into the tables directly: a hundred thousand in seconds. */
function fill({ file, ringback }: Scene, webhookId: string): void {
  const database = new DatabaseSync(file, { timeout: 10_000 })
  const insert = database.prepare(
    `insert into deliveries (id, account_id, webhook_id, address_id, job_type, job_status, trigger, status,
       attempt_count, created_at, finished_at, body)
     values (?, ?, ?, ?, 'content_translate', 'success', 'job', ?, 1, ?, ?, '{}')`,
  )
  const now = ringback.clock.now()
  database.exec('begin')
  for (let index = 0; index < MANY; index++) {
    const status = index % 10 === 0 ? 'failed' : 'delivered'
    insert.run(newId(), ringback.app.defaultAccount.id, webhookId, webhookId, status, now, now)
  }
  database.exec('commit')
  database.close()
}

describeBrowser('a lot', (world) => {
  test(`of deliveries (${MANY}) is listed, filtered and counted as fast as a few`, async () => {
    const { talk, ringback } = world.scene
    const { id } = await talk.webhook('default')
    fill(world.scene, id)
    const { page } = await world.openSignedIn()
    await page.locator('[data-row]').nth(49).waitFor({ timeout: PATIENCE_MS })
    expect(await page.locator('[data-row]').count()).toBe(50)
    await page.getByRole('button', { name: 'Show older ones' }).click()
    await page.locator('[data-row]').nth(99).waitFor({ timeout: PATIENCE_MS })
    await page.getByLabel('Cause').selectOption('tls')
    await page.getByText('Nothing matches these filters').waitFor({ timeout: PATIENCE_MS })
    await page.getByRole('link', { name: 'Failed and over' }).first().click()
    await page.getByText('10,000 in all').waitFor({ timeout: PATIENCE_MS })
    await page.getByRole('link', { name: 'Webhooks' }).first().click()
    await page.locator('[data-row]').first().waitFor({ timeout: PATIENCE_MS })
    expect((await ringback.call('GET', '/api/v1/stats/webhooks')).status).toBe(200)
  })

  test('in one body and one answer is cut on the page, whole on the clipboard, and byte for byte as it was sent', async () => {
    const { receiver, talk } = world.scene
    receiver.answerWith((_request, response) => response.writeHead(500).end('x'.repeat(1_024 * 1_024)))
    await talk.setWebhook('default', { enabled: true, url: receiver.url, include_result: true })
    const content = Array.from({ length: 7_000 }, (_, index) => `anna.${index}@example.com`).join(' ')
    const { json } = await talk.call('POST', '/content/detect_emails', { content })
    const delivery = await talk.deliveryOf(json.job_id, 'cause=status')
    expect(delivery.body?.length).toBeGreaterThan(128 * 1_024)
    const { page, open } = await world.openSignedIn()
    await open(`/deliveries/${delivery.id}`)
    const drawer = page.getByRole('dialog')
    await drawer.getByText('only the first 16 KiB were kept').waitFor()
    await drawer.getByRole('tab', { name: 'Request' }).click()
    await drawer.getByText('The first 128 KiB of').waitFor()
    await drawer.getByRole('button', { name: 'Copy request body' }).click()
    await drawer.getByRole('button', { name: 'Copy request body' }).locator('.text-ok').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(receiver.requests[0]?.body.toString())
  })
})
