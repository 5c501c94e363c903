import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createAccountKey } from '../../server/test/harness/talk.ts'
import { describeBrowser } from './harness/describe-browser.ts'

/** Holds the requests to these paths back until it is told to let them go. */
async function hold(page: Page, path: string | RegExp): Promise<() => void> {
  let go = () => {}
  const gone = new Promise<void>((resolve) => {
    go = resolve
  })
  await page.route(path, async (route) => {
    await gone
    await route.continue()
  })
  return go
}

/** The server answers requests to these paths with an error. */
const fail = (page: Page, path: string, status = 500) =>
  page.route(path, (route) =>
    route.fulfill({
      status,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'internal', title: 'Internal error', detail: 'It failed on our side.', status }),
    }),
  )

describeBrowser('a server that is slow or fails', (world) => {
  test('a secret that is being rotated is shown, whatever is pressed meanwhile', async () => {
    const { talk, receiver } = world.scene
    await talk.setWebhook('default', { enabled: true, url: receiver.url, secret: 'a secret that is old' })
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/default')
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    const go = await hold(page, '**/rotate-secret')
    await page.getByRole('button', { name: 'Rotate', exact: true }).click()
    await page.getByRole('button', { name: 'Rotate', exact: true }).and(page.locator('[aria-busy]')).waitFor()
    expect(await page.getByRole('button', { name: 'Cancel' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await page.mouse.click(5, 5)
    go()
    await page.getByRole('dialog', { name: 'Your secret for signature' }).getByText('whsec_').waitFor()
  })

  test('a key that is being made is shown, whatever is pressed meanwhile', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/api-keys')
    await page.getByRole('button', { name: 'Create a key' }).click()
    await page.getByLabel('Name', { exact: true }).fill('slow')
    const go = await hold(page, '**/api/v1/api-keys')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('button', { name: 'Create', exact: true }).and(page.locator('[aria-busy]')).waitFor()
    await page.keyboard.press('Escape')
    go()
    await page.getByRole('dialog', { name: 'The key "slow"' }).getByText('rb_').waitFor()
  })

  test('nobody is told that a webhook is kept while it is being deleted', async () => {
    const { talk, receiver } = world.scene
    await talk.addWebhook({ name: 'goes', url: receiver.url })
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/goes')
    await page.getByRole('button', { name: 'Delete' }).click()
    const go = await hold(page, '**/api/v1/webhooks/*')
    await page.getByRole('button', { name: 'Delete the webhook' }).click()
    await page.getByRole('button', { name: 'Delete the webhook' }).and(page.locator('[aria-busy]')).waitFor()
    expect(await page.getByRole('button', { name: 'Keep it' }).isDisabled()).toBe(true)
    go()
    await page.waitForURL('**/webhooks')
    await page.getByText('The webhook "goes" was deleted.').first().waitFor()
  })

  test('what is typed while settings and rules are being saved stays typed', async () => {
    const { talk, receiver } = world.scene
    await talk.addWebhook({ name: 'typed', url: receiver.url })
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/typed')
    const url = page.getByLabel('Webhook URL')
    await url.fill(`${receiver.url}/first`)
    await page.getByLabel('Rate limit').fill('5')
    const go = await hold(page, /\/webhooks\/[0-9a-f-]{36}$/)
    await page.getByRole('button', { name: 'SAVE', exact: true }).click()
    await page.getByRole('button', { name: 'Save rules' }).click()
    await url.fill(`${receiver.url}/second`)
    await page.getByLabel('Retry schedule').fill('7s')
    go()
    await page.getByText('Saved. The next attempt').first().waitFor()
    await page.getByText('Rules saved.').first().waitFor()
    expect(await url.inputValue()).toBe(`${receiver.url}/second`)
    expect(await page.getByLabel('Retry schedule').inputValue()).toBe('7s')
    expect(await page.getByLabel('Rate limit').inputValue()).toBe('5')
    expect(await talk.webhook('typed')).toMatchObject({ url: `${receiver.url}/first`, rate_limit_per_second: 5 })
  })

  test('a URL that could not be checked is not said to be under way for ever', async () => {
    const { page, open } = await world.openSignedIn()
    await fail(page, '**/webhooks/check-url')
    await open('/webhooks/new')
    await page.getByLabel('Webhook URL').fill('https://example.com/')
    await page.getByText('could not be checked: It failed on our side.').waitFor()
    expect(await page.getByText('Checking').count()).toBe(0)
  })

  test('older rows that do not come are said, and can be asked for again', async () => {
    const { talk } = world.scene
    await talk.setWebhook('default', { enabled: true })
    await talk.dispatchMany(60)
    await talk.deliveriesAre('webhook=default&status=delivered', 60)
    const { page } = await world.openSignedIn()
    await page.locator('[data-row]').nth(49).waitFor()
    await fail(page, '**/api/v1/deliveries?*cursor=*')
    const more = page.getByRole('button', { name: 'Show older ones' })
    await more.click()
    await page.getByRole('alert').getByText('It failed on our side.').waitFor()
    expect(await page.locator('[data-row]').count()).toBe(50)
    await page.unroute('**/api/v1/deliveries?*cursor=*')
    await more.click()
    await page.locator('[data-row]').nth(59).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('a list that is no longer brought up to date says so', async () => {
    const { page } = await world.openSignedIn()
    await page.locator('[data-row]').first().waitFor()
    await fail(page, '**/api/v1/deliveries?*')
    await page.getByText('This list may be old').waitFor()
    await page.unroute('**/api/v1/deliveries?*')
    await page.getByText('This list may be old').waitFor({ state: 'detached' })
  })

  test('an answer that breaks off is a lost connection, and is asked for again', async () => {
    const { page } = await world.openSignedIn()
    // As when the server dies between the head and the body.
    await page.evaluate(`(() => {
      const real = fetch
      let isCut = false
      window.fetch = async (...call) => {
        const answer = await real(...call)
        if (isCut || !String(call[0]).includes('/sessions')) return answer
        isCut = true
        return new Response(new ReadableStream({ start: (body) => body.error(new TypeError('network error')) }))
      }
    })()`)
    await page.getByRole('link', { name: 'Sessions' }).click()
    await page.getByText('This browser', { exact: true }).waitFor()
  })

  test('a proxy whose server is gone counts as a lost connection', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/webhooks')
    await page.locator('[data-row]').first().waitFor()
    const proxy = (route: { fulfill(answer: object): Promise<void> }) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>502 Bad Gateway</h1>' })
    await page.route('**/api/**', proxy)
    await page.route('**/health/live', proxy)
    await page.getByText('The server does not answer. This page').waitFor()
    await page.unroute('**/api/**')
    await page.unroute('**/health/live')
    await page.getByText('The server does not answer. This page').waitFor({ state: 'detached' })
  })

  test('nobody is shown as signed out whose session goes on', async () => {
    const { page } = await world.openSignedIn()
    await fail(page, '**/sessions/current')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are still signed in: It failed on our side.').first().waitFor()
    expect(await page.getByRole('heading', { name: 'Deliveries' }).count()).toBe(1)
    await page.unroute('**/sessions/current')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('a session that ended goes on when another tab signs in', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/new')
    await page.getByLabel('Name', { exact: true }).fill('half-typed')
    const { app } = world.scene.ringback
    for (const { id } of await app.sessions.list(app.defaultAccount.id))
      await app.sessions.end(app.defaultAccount.id, id)
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await page.getByRole('dialog', { name: 'You have been signed out' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(`${app.origin}/dashboard/sign-in#${await app.sessions.createLink(app.defaultAccount.id)}`)
    await other.waitForURL('**/overview')
    await other.close()
    await page.bringToFront()
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('half-typed')
  })

  test('a tab shows nothing of an account when another tab has signed in to another one', async () => {
    const { app } = world.scene.ringback
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/new')
    await page.getByLabel('Name', { exact: true }).fill('of the first account')
    const key = await createAccountKey(world.scene.ringback, 'second')
    const other = await page.context().newPage()
    await page.context().clearCookies()
    await other.goto(`${app.origin}/dashboard/`)
    await other.getByLabel('API key').fill(key)
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.waitForURL('**/overview')
    await other.getByTitle('The account').getByText('second').waitFor()
    await other.close()
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
    await page.getByTitle('The account').getByText('second').waitFor()
    await page.getByRole('heading', { name: 'Add a webhook' }).waitFor()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('')
  })
})
