import { expect, test } from 'vitest'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser('recovering', (world) => {
  test('a time that is not complete asks for nothing and breaks nothing', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/failed')
    await page.getByRole('button', { name: 'Recover' }).click()
    await page.getByText('will be sent again').waitFor()
    await page.getByLabel('Created until').fill('202611-11-11T10:00')
    const dialog = page.getByRole('dialog', { name: 'Recover deliveries' })
    await dialog.getByText('Give both times').waitFor()
    await page.getByLabel('Created until').fill('')
    await dialog.getByText('Give both times').waitFor()
    expect(await dialog.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
  })

  test.each([-3, 3])('a browser whose clock is %i hours wrong sees what failed, when it did', async (hours) => {
    const { talk, receiver, ringback } = world.scene
    await talk.addWebhook({ name: `off-by${hours}`, url: receiver.url, retry_schedule: [] })
    receiver.answerWith((_request, response) => response.writeHead(404).end())
    await talk.dispatch()
    await talk.deliveriesAre(`webhook=off-by${hours}&status=failed`, 1)
    const { page, open } = await world.openSignedIn()
    await page.clock.install({ time: ringback.clock.now() + hours * 3_600_000 })
    await open('/failed?range=1h')
    await page.getByRole('link', { name: 'Answer outside 2xx' }).first().waitFor()
    await page
      .getByText(/last (just now|\d+ s ago)/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Recover' }).click()
    await page.getByRole('dialog').getByLabel('Webhook').selectOption(`off-by${hours}`)
    await page.getByText('1 delivery', { exact: true }).waitFor()
  })
})
