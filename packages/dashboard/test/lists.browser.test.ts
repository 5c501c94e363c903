import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { newId } from '../../server/src/lib/ids.ts'
import { describeBrowser } from './harness/describe-browser.ts'
import type { Scene } from './harness/scene.ts'

/** Deliveries that wait for a webhook that is off, put into the table directly; gives their ids, the newest first. */
function fillWaiting({ file, ringback }: Scene, webhookId: string, count: number): string[] {
  const database = new DatabaseSync(file, { timeout: 10_000 })
  const insert = database.prepare(
    `insert into deliveries (id, account_id, webhook_id, address_id, job_type, job_status, trigger, status, created_at, body)
     values (?, ?, ?, ?, 'content_translate', 'success', 'job', 'sending', ?, '{}')`,
  )
  const ids = Array.from({ length: count }, () => newId())
  for (const id of ids) insert.run(id, ringback.app.defaultAccount.id, webhookId, webhookId, ringback.clock.now())
  database.close()
  return ids.reverse()
}

describeBrowser('long lists', (world) => {
  test('a row below the first page shows what became of it, in its place', async () => {
    const { talk, file } = world.scene
    const { id: webhookId } = await talk.webhook('default')
    const ids = fillWaiting(world.scene, webhookId, 120)
    const { page, open } = await world.openSignedIn()
    await page.clock.install()
    await open('/deliveries')
    await page.getByRole('button', { name: 'Show older ones' }).click()
    const rows = page.locator('tbody tr')
    await rows.nth(99).waitFor()
    const database = new DatabaseSync(file, { timeout: 10_000 })
    const end = database.prepare(`update deliveries set status = 'delivered', finished_at = created_at where id = ?`)
    end.run(ids[80] ?? '')
    database.close()
    await rows.nth(80).getByText('Sending').waitFor()
    await page.clock.runFor(11_000)
    await rows.nth(80).getByText('Delivered').waitFor()
    expect(await rows.count()).toBe(100)
    expect(await rows.nth(80).getByRole('link').getAttribute('href')).toContain(ids[80])
    expect(await rows.getByText('Delivered').count()).toBe(1)
  })

  test('of more keys than a page of the API has, all can be seen and found', async () => {
    const { talk } = world.scene
    for (let index = 0; index < 105; index++) await talk.call('POST', '/api-keys', { name: `program ${index}` })
    const { page, open } = await world.openSignedIn()
    await open('/api-keys')
    const rows = page.getByRole('listitem').filter({ hasText: 'created' })
    await rows.nth(49).waitFor()
    expect(await rows.count()).toBe(50)
    await page.getByRole('button', { name: 'Show more of 106' }).click()
    await page.getByRole('button', { name: 'Show more of 106' }).click()
    await page.getByText('program 0', { exact: true }).waitFor()
    expect(await rows.count()).toBe(106)
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0)
  })
})
