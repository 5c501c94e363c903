import { expect, test } from 'vitest'
import { PHONE } from './harness/dashboard-page.ts'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser('the shell', (world) => {
  test('keys go through rows, to filters and views, and rest while somebody types', async () => {
    const { talk, receiver } = world.scene
    await talk.setWebhook('default', { enabled: true, url: receiver.url })
    await talk.dispatchMany(3)
    await talk.deliveriesAre('status=delivered', 3)
    const { page } = await world.openSignedIn()
    await page.locator('[data-row]').nth(2).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const second = page.locator('[data-row]').nth(1)
    expect(await second.evaluate((row) => row.matches(':focus'))).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    expect(await page.evaluate('document.activeElement.id')).toBe('filter-status')
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('g')
    await page.keyboard.press('w')
    await page.getByRole('heading', { name: 'Webhooks' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').pressSequentially('g default?')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('webhook default')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'default' }).waitFor()
  })

  test('keys do nothing to the page below a dialog, and what is chosen in it stays', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/api-keys')
    await page.getByRole('button', { name: 'Create a key' }).click()
    await page.getByRole('checkbox', { name: 'Read' }).click()
    for (const keys of ['?', 'Control+k', 'g', 'w']) await page.keyboard.press(keys)
    await page.getByRole('dialog', { name: 'Create an API key' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(1)
    expect(new URL(page.url()).pathname).toBe('/dashboard/api-keys')
    expect(await page.getByRole('checkbox', { name: 'Read' }).isChecked()).toBe(true)
  })

  test('filters stand in the address, and a link with them shows the same', async () => {
    const { page } = await world.openSignedIn()
    await page.getByLabel('Status').selectOption('failed')
    await page.getByLabel('Time').selectOption('24h')
    await page.getByText('Nothing matches these filters').waitFor()
    const link = page.url()
    expect(new URL(link).search).toBe('?status=failed&range=24h')
    await page.getByRole('link', { name: 'Clear filters' }).click()
    await page.locator('[data-row]').first().waitFor()
    await page.goto(link)
    await page.getByText('Nothing matches these filters').waitFor()
    expect(await page.getByLabel('Status').inputValue()).toBe('failed')
  })

  test('a link with filters that do not exist shows the list without them', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/deliveries?status=eaten&cause=magic&since=yesterday')
    await page.locator('[data-row]').first().waitFor()
  })

  test('the theme is that of the system until one is chosen, and stays over a reload', async () => {
    const { page } = await world.openSignedIn({ theme: 'dark' })
    const scheme = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await scheme()
    await page.getByRole('button', { name: 'Theme: system. Switch to light' }).first().click()
    const light = await scheme()
    expect(light).not.toBe(dark)
    await page.reload()
    await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
    expect(await scheme()).toBe(light)
  })

  test('a lost connection is said, what was typed stays, and the page goes on when the server is back', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/new')
    await page.getByLabel('Name', { exact: true }).fill('offline')
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await page.getByText('The server does not answer. This page').waitFor()
    await page.context().setOffline(false)
    await page.getByText('The server does not answer. This page').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('offline')
  })

  test('characters that nobody sees, or that turn text round, are marked, and change nothing behind them', async () => {
    const { talk, receiver } = world.scene
    const text = 'a \u202egnp.exe\u001b[31m end'
    receiver.answerWith((_request, response) => response.writeHead(500).end(text))
    await talk.setWebhook('default', { enabled: true, url: receiver.url })
    const { json } = await talk.call('POST', '/webhooks/default/test')
    const { page, open } = await world.openSignedIn()
    await open(`/deliveries/${json.delivery.id}`)
    const body = page.getByRole('region', { name: 'Response body' })
    await body.waitFor()
    expect(await body.locator('[data-hidden]').evaluateAll((all) => all.map((one) => one.dataset.hidden))).toEqual([
      'U+202E',
      'U+001B',
    ])
    expect(await body.textContent()).toBe(text)
    // The g of "gnp" stands before the e of "end": nothing was turned round.
    const places = await page.evaluate<number[]>(`(() => {
      const gnp = document.querySelector('section[aria-label="Response body"]').childNodes[2]
      const range = document.createRange()
      return [0, 6].map((at) => {
        range.setStart(gnp, at)
        range.setEnd(gnp, at + 1)
        return range.getBoundingClientRect().left
      })
    })()`)
    expect(places[0]).toBeLessThan(places[1] ?? 0)
  })

  test('the longest names make no page wider than a phone', async () => {
    const { talk, receiver } = world.scene
    const slug = 's'.repeat(60)
    const parameters = [{ key: 'k'.repeat(60), label: 'L'.repeat(100), type: 'json_string' }]
    const long = { slug, name: 'N'.repeat(100), instructions: 'x', parameters, output_schema: { a: 'string' } }
    expect((await talk.call('POST', '/workflows', long)).status).toBe(201)
    await talk.addWebhook({ name: 'w'.repeat(60), url: `${receiver.url}/${'p'.repeat(1_500)}` })
    const { json } = await talk.call('POST', `/webhooks/${'w'.repeat(60)}/test`)
    const { page, open, settled } = await world.openSignedIn({ viewport: PHONE })
    for (const path of [
      `/playground?type=custom_${slug}`,
      `/workflows/${slug}`,
      `/webhooks/${'w'.repeat(60)}`,
      `/deliveries/${json.delivery.id}`,
    ]) {
      await open(path)
      await page
        .getByRole('button', { name: /Run|Save|Add|SAVE|Resend/ })
        .first()
        .waitFor()
      await settled()
      const wider = await page.evaluate(`[...document.querySelectorAll('html, [role=dialog] *')]
        .filter((one) => one.scrollWidth > innerWidth).length`)
      expect(wider, path).toBe(0)
    }
  })

  test('stored texts are shown as text, whatever markup is in them', async () => {
    const { talk, receiver } = world.scene
    const markup = `<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>`
    receiver.answerWith((_request, response) => response.writeHead(500, { 'x-note': markup }).end(markup))
    await talk.setWebhook('default', {
      enabled: true,
      url: `${receiver.url}?${encodeURIComponent(markup)}`,
      headers: { 'X-Own': markup },
    })
    const { status, json } = await talk.call('POST', '/webhooks/default/test')
    expect(status).toBe(200)
    const { page, open } = await world.openSignedIn()
    await open(`/deliveries/${json.delivery.id}`)
    const drawer = page.getByRole('dialog')
    await drawer.getByText(markup).first().waitFor()
    await drawer.getByRole('tab', { name: 'Request' }).click()
    await drawer.getByText(markup).first().waitFor()
    const workflow = await talk.call('POST', '/workflows', {
      slug: 'markup',
      name: markup,
      description: markup,
      instructions: markup,
      parameters: [{ key: 'text', label: markup, type: 'json_string', default_value: markup }],
      output_schema: { answer: { type: 'enum', values: [markup], description: markup } },
    })
    expect(workflow.status, workflow.text).toBe(201)
    await open('/workflows')
    await page.getByRole('link', { name: markup }).waitFor()
    await open('/workflows/markup')
    await page.getByRole('heading', { name: markup }).waitFor()
    expect(await page.getByLabel('Instructions').inputValue()).toBe(markup)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByText(markup).waitFor()
    await open('/playground?type=custom_markup')
    await page.getByText(markup).first().waitFor()
    await open('/overview')
    await page.locator('canvas').first().waitFor()
    expect(await page.title()).not.toContain('hacked')
    expect(await page.locator('img').count()).toBe(0)
  })
})
