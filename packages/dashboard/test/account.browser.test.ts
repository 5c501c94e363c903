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
    await page.getByRole('checkbox', { name: 'Jobs' }).click()
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('alert').getByText('The list must').waitFor()
    await page.getByRole('checkbox', { name: 'Read' }).click()
    await page.getByRole('checkbox', { name: 'Worker' }).click()
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'The key "<b>crm</b>"' })
    await dialog.getByRole('button', { name: 'Copy api key' }).click()
    const key = await page.evaluate<string>('navigator.clipboard.readText()')
    await page.keyboard.press('Escape')
    await dialog.getByRole('button', { name: 'I have copied it' }).click()
    await page.getByText('<b>crm</b>').waitFor()
    await page.getByText('Read, Worker').waitFor()
    expect(await page.content()).not.toContain(key)
    expect((await callApi(origin, key, 'GET', '/api/v1/ping')).status).toBe(200)
    expect((await callApi(origin, key, 'GET', '/api/v1/jobs')).status).toBe(200)
    expect((await callApi(origin, key, 'GET', '/api/v1/api-keys')).json.code).toBe('auth.scope_missing')

    const focused = () => page.evaluate(`document.activeElement.getAttribute('aria-label')`)
    await page.getByRole('button', { name: 'Revoke <b>crm</b>' }).click()
    await page.getByRole('button', { name: 'Keep it' }).click()
    expect(await focused()).toBe('Revoke <b>crm</b>')
    expect((await callApi(origin, key, 'GET', '/api/v1/ping')).status).toBe(200)
    await page.getByRole('button', { name: 'Revoke <b>crm</b>' }).click()
    await page.getByRole('button', { name: 'Revoke the key' }).click()
    await page.getByText('The key "<b>crm</b>" was revoked.').first().waitFor()
    await page.getByText('Revoked', { exact: true }).waitFor()
    expect((await callApi(origin, key, 'GET', '/api/v1/ping')).status).toBe(401)
    // The button is gone: the focus is on the next one of the list, not lost.
    expect(await focused()).toMatch(/^Revoke /)
  })

  test('a key that may only read signs in, looks on, and is told what it may not; one that may not read is refused', async () => {
    const { apiKeys, defaultAccount } = world.scene.ringback.app
    const reader = await apiKeys.create(defaultAccount.id, 'looks on', ['read'])
    const poster = await apiKeys.create(defaultAccount.id, 'posts', ['jobs'])
    await world.scene.talk.dispatch()
    const { page, open } = await world.open()
    await open('/')
    await page.getByLabel('API key').fill(poster.key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('lacks the scope "read"').waitFor()
    await page.getByLabel('API key').fill(reader.key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
    await open('/jobs')
    await page.locator('[data-row]').first().waitFor()
    await open('/api-keys')
    await page.getByText('This needs the scope "manage"').waitFor()
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
