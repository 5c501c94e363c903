import { expect, test } from 'vitest'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser('the rules of a webhook', (world) => {
  test('a rate limit that is no number is refused, not saved as none', async () => {
    const { talk, receiver } = world.scene
    await talk.addWebhook({ name: 'limited', url: receiver.url, rate_limit_per_second: 3 })
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/limited')
    await page.getByLabel('Rate limit').fill('10/s')
    await page.getByRole('button', { name: 'Save rules' }).click()
    await page.getByRole('alert').getByText('Rate limit must be').waitFor()
    expect(await talk.webhook('limited')).toMatchObject({ rate_limit_per_second: 3 })
    await page.getByLabel('Rate limit').fill('10')
    await page.getByRole('button', { name: 'Save rules' }).click()
    await page.getByText('Rules saved.').first().waitFor()
    expect(await talk.webhook('limited')).toMatchObject({ rate_limit_per_second: 10 })
  })

  test('headers without a name and names that are there twice are told, not dropped', async () => {
    const { talk, receiver } = world.scene
    await talk.addWebhook({ name: 'headed', url: receiver.url, headers: { 'X-Environment': 'production' } })
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/headed')
    const save = page.getByRole('button', { name: 'Save rules' })
    await page.getByRole('button', { name: 'Add header' }).click()
    await page.getByLabel('Value of header 2').fill('lonely')
    await save.click()
    await page.getByRole('alert').getByText('has no name').waitFor()
    expect(await page.getByLabel('Value of header 2').inputValue()).toBe('lonely')
    await page.getByLabel('Name of header 2').fill('x-environment ')
    await save.click()
    await page.getByRole('alert').getByText('is there twice').waitFor()
    await page.getByLabel('Name of header 2').fill(' X-Bad Name')
    await save.click()
    await page.getByRole('alert').getByText('in its name').waitFor()
    await page.getByRole('button', { name: 'Remove header 2' }).click()
    await page.getByLabel('Name of header 1').fill('X-ENVIRONMENT')
    await save.click()
    await page.getByText('Rules saved.').first().waitFor()
    expect((await talk.webhook('headed')).headers).toEqual({
      'X-ENVIRONMENT': { value: 'production', secret: false },
    })
  })

  test('a webhook that is named like the page that adds one can be opened', async () => {
    const { talk, receiver } = world.scene
    await talk.addWebhook({ name: 'new', url: receiver.url })
    const { page, open } = await world.openSignedIn()
    await open('/webhooks')
    await page.getByRole('link', { name: 'new', exact: true }).click()
    await page.getByRole('heading', { name: 'new', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete' }).waitFor()
  })

  test('a delivery of a webhook that was deleted is not said to be signed with the secret of another', async () => {
    const { talk, receiver } = world.scene
    await talk.addWebhook({ name: 'gone', url: receiver.url })
    const { json } = await talk.call('POST', '/webhooks/gone/test')
    await talk.call('DELETE', '/webhooks/gone')
    const { page, open } = await world.openSignedIn()
    await open(`/deliveries/${json.delivery.id}`)
    await page.getByText('A webhook that was deleted').waitFor()
    await page.getByRole('tab', { name: 'Verify signature' }).click()
    await page.getByText('with the secret of the address it went to').waitFor()
  })

  test('a webhook that is named by its host is there after a reload', async () => {
    const { talk, receiver } = world.scene
    const { name } = (await talk.call('POST', '/webhooks', { url: receiver.url })).json
    expect(name).toContain('.')
    const { page, open } = await world.openSignedIn()
    await open('/webhooks')
    await page.getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { name, exact: true }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name, exact: true }).waitFor()
  })
})
