import { expect, test } from 'vitest'
import { callApi } from '../../server/test/harness/ringback.ts'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser('the account', (world) => {
  test('a key is made, shown once, works, and is revoked after a question', async () => {
    const { origin } = world.scene.ringback.app
    const { page, open } = await world.openSignedIn()
    await open('/api-keys')
    await page.getByRole('button', { name: 'Create a key' }).click()
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('alert').getByText('Name must').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('<b>crm</b>')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'The key "<b>crm</b>"' })
    await dialog.getByRole('button', { name: 'Copy api key' }).click()
    const key = await page.evaluate<string>('navigator.clipboard.readText()')
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByText('<b>crm</b>').waitFor()
    expect(await page.content()).not.toContain(key)
    expect((await callApi(origin, key, 'GET', '/api/v1/ping')).status).toBe(200)

    await page.getByRole('button', { name: 'Revoke <b>crm</b>' }).click()
    await page.getByRole('button', { name: 'Keep it' }).click()
    expect((await callApi(origin, key, 'GET', '/api/v1/ping')).status).toBe(200)
    await page.getByRole('button', { name: 'Revoke <b>crm</b>' }).click()
    await page.getByRole('button', { name: 'Revoke the key' }).click()
    await page.getByText('The key "<b>crm</b>" was revoked.').first().waitFor()
    await page.getByText('Revoked', { exact: true }).waitFor()
    expect((await callApi(origin, key, 'GET', '/api/v1/ping')).status).toBe(401)
  })

  test('who is told of jobs with a job webhook is set for the account', async () => {
    const { talk } = world.scene
    const { page, open } = await world.openSignedIn()
    await open('/settings')
    const mode = page.getByRole('switch', { name: "Tell the account's webhooks too" })
    const before = await mode.isChecked()
    await mode.click()
    await page.getByText('Saved. It holds for jobs').first().waitFor()
    expect((await talk.call('GET', '/account')).json.job_webhook).toBe(before ? 'instead' : 'also')
    await page.reload()
    await mode.waitFor()
    expect(await mode.isChecked()).toBe(!before)
    await page.getByText(world.scene.ringback.app.origin, { exact: true }).waitFor()
  })
})
