import { expect, test } from 'vitest'
import { TEST_API_KEY } from '../../server/test/harness/ringback.ts'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser('signing in', (world) => {
  const createLink = () => {
    const { app } = world.scene.ringback
    return app.sessions.createLink(app.defaultAccount.id)
  }

  test('a one-time link opens the dashboard, leaves the address, and works once', async () => {
    const token = await createLink()
    const first = await world.open()
    await first.open(`/sign-in#${token}`)
    await first.page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(first.page.url()).not.toContain(token)
    await first.page.goBack()
    await first.page.goForward()
    expect(first.page.url()).not.toContain(token)
    const stored = await first.page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    )
    expect(stored).toBe('[{},{},""]')

    const second = await world.open()
    await second.open(`/sign-in#${token}`)
    await second.page.getByText('This link does not work any more').waitFor()
    await second.page.getByText('has been used').waitFor()
  })

  test('fetching the link, as previews do, does not spend it', async () => {
    const token = await createLink()
    const preview = await fetch(`${world.scene.ringback.app.origin}/dashboard/sign-in#${token}`)
    expect(preview.status).toBe(200)
    const { page, open } = await world.open()
    await open(`/sign-in#${token}`)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  test('a wrong key is refused beside the field, the right one leads to the view that was asked for', async () => {
    const { page, open } = await world.open()
    await open('/webhooks/default')
    const key = page.getByLabel('API key')
    await key.fill('rb_wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('API key is not valid').waitFor()
    await key.fill(TEST_API_KEY)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'default' }).waitFor()
    expect(await page.evaluate('document.cookie')).toBe('')
  })

  test('signing out ends the session, and its cookie opens nothing any more', async () => {
    const { page } = await world.openSignedIn()
    const cookies = await page.context().cookies()
    expect(cookies).toMatchObject([{ name: 'ringback', httpOnly: true, sameSite: 'Strict' }])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().addCookies(cookies)
    await page.reload()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('a session that ends while somebody types is said, and signing in again keeps what was typed', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/new')
    await page.getByLabel('Name', { exact: true }).fill('half-typed')
    const { app } = world.scene.ringback
    for (const { id } of await app.sessions.list(app.defaultAccount.id))
      await app.sessions.end(app.defaultAccount.id, id)
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await page.getByRole('dialog', { name: 'You have been signed out' }).waitFor()
    await page.getByLabel('API key').fill(TEST_API_KEY)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('half-typed')
  })

  test('another browser can be signed out from the list', async () => {
    const [mine, other] = [await world.openSignedIn(), await world.openSignedIn()]
    await mine.open('/sessions')
    await mine.page.getByRole('button', { name: 'Sign out this browser' }).first().click()
    await mine.page.getByText('The other browser has been signed out.').waitFor()
    await other.page.reload()
    await other.page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('a page of another origin on this machine can neither read nor change anything with the session', async () => {
    const { page } = await world.openSignedIn()
    const { origin } = world.scene.ringback.app
    const evil = await page.context().newPage()
    await evil.goto(world.scene.receiver.url)
    for (const headers of ['{}', "{ 'x-ringback-dashboard': '1' }"]) {
      for (const method of ['GET', 'POST']) {
        const answer = await evil.evaluate<string>(
          `fetch('${origin}/api/v1/webhooks', { method: '${method}', credentials: 'include', headers: ${headers} })
            .then((response) => response.text(), (error) => error.name)`,
        )
        expect(answer).toBe('TypeError')
      }
    }
    const form = `document.body.innerHTML = '<form method=post action="${origin}/api/v1/webhooks/default/test"></form>';
      document.forms[0].submit()`
    await Promise.all([evil.waitForURL(`${origin}/**`), evil.evaluate(form)])
    expect(await evil.content()).toMatch(/auth\.(cross_origin|missing_key)/)
  })
})
