import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeBrowser } from './harness/describe-browser.ts'
import { fillScene } from './harness/scene.ts'

/** The overview has rows of its own: the list is there when its heading is. */
async function listIs(page: Page, title: string, count: number) {
  await page.getByRole('heading', { name: title, exact: true, level: 1 }).waitFor()
  await page
    .locator('[data-row]')
    .nth(count - 1)
    .waitFor()
  expect(await page.locator('[data-row]').count()).toBe(count)
}

const figure = (page: Page, label: string) =>
  page.getByRole('region', { name: 'Figures' }).locator('div').filter({ hasText: label }).first()

describeBrowser('the overview of a new account', (world) => {
  test('says what to do first; then that nobody is told; and of a quiet hour, when there was something last', async () => {
    const { talk, ringback } = world.scene
    const { page, open } = await world.openSignedIn()
    await open('/')
    await page.waitForURL('**/dashboard/overview')
    await page.getByRole('heading', { name: 'Nothing has happened here yet' }).waitFor()
    await page.getByRole('link', { name: 'Set up the default webhook' }).waitFor()
    await talk.dispatch()
    await page.reload()
    await page.getByText('Nobody is told: no webhook is switched on').waitFor()
    await page.getByRole('link', { name: 'content_detect_emails' }).waitFor()
    ringback.clock.move(2 * 3_600_000)
    await open('/overview?range=1h')
    await page.getByText('Nothing in this time').waitFor()
    await page.getByRole('link', { name: 'Look at the last 30 days' }).click()
    await page.getByRole('link', { name: 'content_detect_emails' }).waitFor()
    expect(new URL(page.url()).search).toBe('?range=30d')
  })
})

describeBrowser('the overview', (world) => {
  beforeAll(() => fillScene(world.scene))

  test('counts as the API does, and each number leads to the list that it counts', async () => {
    const { talk } = world.scene
    const { page, open } = await world.openSignedIn()
    await open('/overview')
    await page.locator('canvas').nth(1).waitFor()
    const { json } = await talk.call('GET', '/overview')
    const { failed, delivered } = json.deliveries.totals
    const link = figure(page, 'Failed').getByRole('link', { name: `${failed}`, exact: true })
    await link.click()
    await listIs(page, 'Deliveries', failed)
    expect(new URL(page.url()).searchParams.get('status')).toBe('failed')
    await page.goBack()
    await figure(page, 'Arrived')
      .getByRole('link', { name: `${delivered}` })
      .click()
    await page
      .locator('[data-row]')
      .nth(delivered - 1)
      .waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'content_translate' }).click()
    await listIs(page, 'Jobs', 2)
    await page.goBack()
    await page.getByRole('link', { name: '1 failed' }).last().click()
    await listIs(page, 'Jobs', 1)
    await page.goBack()
    await page.getByText('$0.0011').first().waitFor()
    await page.getByRole('link', { name: 'compatible/local' }).click()
    await listIs(page, 'Jobs', 2)
    expect(new URL(page.url()).searchParams.get('model')).toBe('compatible/local')
    expect(await page.getByLabel('Model').inputValue()).toBe('compatible/local')
  })

  test('the range stands in the address, and nothing jumps while another one is on its way', async () => {
    const { page, open, settled } = await world.openSignedIn()
    await open('/overview')
    await page.locator('canvas').nth(1).waitFor()
    await settled()
    await page.evaluate(`window.shifts = 0
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts += entry.value })
        .observe({ type: 'layout-shift', buffered: false })`)
    await page.getByRole('link', { name: 'Last 7 d' }).click()
    await page.waitForURL('**/overview?range=7d')
    await settled()
    expect(await page.evaluate('window.shifts')).toBeLessThan(0.01)
    await page.reload()
    expect(await page.getByRole('link', { name: 'Last 7 d' }).getAttribute('aria-current')).toBe('page')
  })

  describe('a chart', () => {
    test('is gone through by keyboard, says each step, and opens its deliveries', async () => {
      const { page, open } = await world.openSignedIn()
      await open('/overview')
      const chart = page.getByRole('slider', { name: 'Deliveries over time' })
      await chart.locator('canvas').waitFor()
      await chart.focus()
      const last = await chart.getAttribute('aria-valuetext')
      await page.keyboard.press('ArrowLeft')
      const before = await chart.getAttribute('aria-valuetext')
      expect(before).not.toBe(last)
      expect(before).toMatch(
        /^\d+ \w+, \d\d:\d\d to \d\d:\d\d: Failed or discarded \d+, On their way \d+, Delivered \d+$/,
      )
      await page.keyboard.press('Home')
      expect(await chart.getAttribute('aria-valuenow')).toBe('0')
      await page.keyboard.press('End')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/deliveries?since=*')
      await page.locator('[data-row]').first().waitFor()
    })

    test('opens by mouse what is under the cursor, and has the same numbers as a table', async () => {
      const { talk } = world.scene
      const { page, open } = await world.openSignedIn()
      await open('/overview')
      const chart = page.getByRole('slider', { name: 'Deliveries over time' })
      await chart.locator('canvas').waitFor()
      const { json } = await talk.call('GET', '/overview')
      const { steps } = json.deliveries
      await page.getByText('As a table').first().click()
      const table = page.getByRole('region', { name: 'Deliveries over time' }).getByRole('row')
      expect(await table.count()).toBe(1 + steps.length)
      const index = steps.findIndex(({ failed }: { failed: number }) => failed > 0)
      const row = table.nth(steps.length - index)
      const { failed, discarded, delivered } = steps[index]
      expect(await row.getByRole('cell').first().textContent()).toBe(`${failed + discarded}`)
      expect(await row.getByRole('cell').last().textContent()).toBe(`${delivered}`)
      const box = await chart.locator('.u-over').boundingBox()
      if (!box) throw new Error('the chart has no place')
      const x = box.x + ((index + 0.5) / steps.length) * box.width
      await page.mouse.move(x, box.y + box.height / 2)
      await page.mouse.click(x, box.y + box.height / 2)
      await page.waitForURL('**/deliveries?since=*')
      expect(new URL(page.url()).searchParams.get('since')).toBe(steps[index].at)
    })

    test('is drawn also where the language of the browser is none, as on a machine with the language C', async () => {
      const { page, open } = await world.openSignedIn()
      await page.addInitScript(`Object.defineProperty(Navigator.prototype, 'language', { get: () => 'en-US@posix' })`)
      await open('/overview')
      await page.getByRole('slider', { name: 'Deliveries over time' }).locator('canvas').waitFor()
    })

    test('that cannot be loaded says so, and the rest of the view is there', async () => {
      const { page, open, takeFaults } = await world.openSignedIn()
      await page.route('**/assets/plot-*.js', (route) => route.abort())
      await open('/overview')
      await page.getByText('The chart cannot be drawn here').first().waitFor()
      await page.getByText('As a table').first().click()
      await page.getByRole('region', { name: 'Deliveries over time' }).getByRole('row').nth(1).waitFor()
      await figure(page, 'Arrived').getByRole('link').first().waitFor()
      for (const fault of takeFaults()) expect(fault).toContain('/assets/plot-')
    })
  })
})

describeBrowser(
  'the overview where no price is known',
  (world) => {
    test('says that the cost is not known, not that it is nothing', async () => {
      const { talk, model } = world.scene
      model.script({ kind: 'ok', value: { content: 'Ciao', from_language: 'English' } })
      await talk.call('POST', '/content/translate', { content: 'Hello', language: 'Italian' }, { prefer: 'wait=20' })
      const { page, open } = await world.openSignedIn()
      await open('/overview')
      const figures = page.getByRole('region', { name: 'Figures' })
      await figures.getByText('not known').waitFor()
      await figures.getByText('1 model run, 1 without a price').waitFor()
    })
  },
  { RINGBACK_MODEL_PRICES: '' },
)
