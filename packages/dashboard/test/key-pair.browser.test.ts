import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { verify } from '../../receiver/src/index.ts'
import { headerOf, headersOf, type ReceivedRequest } from '../../server/test/harness/receiver.ts'
import { describeBrowser } from './harness/describe-browser.ts'

const SWITCH = 'Sign with a key pair too (ed25519)'

/** The narrowest phone that is looked after. */
const NARROW = { width: 375, height: 812 }

describeBrowser('the key pair of a webhook', (world) => {
  /** Sends a test from the page; gives what the receiver got. */
  async function sendTest(page: Page): Promise<ReceivedRequest> {
    const { receiver } = world.scene
    const count = receiver.requests.length + 1
    await page.getByRole('button', { name: 'Send test' }).click()
    return await receiver.request(count)
  }

  /** Whether the library for receivers takes the request by this public key alone. */
  const verifies = (request: ReceivedRequest, publicKey: string) =>
    verify(request.body, headersOf(request), publicKey, { now: () => world.scene.ringback.clock.now() }).then(
      () => true,
      ({ code }) => code,
    )

  const versions = (request: ReceivedRequest) =>
    headerOf(request, 'webhook-signature')
      ?.split(' ')
      .map((entry) => entry.split(',')[0])

  /** A dialog or its end moves the focus when it is drawn; the next key must wait for that. */
  const hasFocus = (within: Page | Locator, selector: string) => within.locator(`${selector}:focus`).waitFor()

  test('is switched on, copied, rotated with overlap and taken away by the keyboard, and each time receivers verify', async () => {
    const { receiver, talk } = world.scene
    await talk.addWebhook({ name: 'partner', url: receiver.url })
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/partner')
    const card = page.locator('section', { has: page.getByRole('heading', { name: 'Secret and key' }) }).last()
    await card.getByText('off', { exact: true }).waitFor()
    expect(await card.getByRole('button', { name: 'Rotate key' }).count()).toBe(0)

    await page.getByRole('switch', { name: SWITCH }).press('Space')
    await page.getByText('v1,<base64> v1a,<base64>').first().waitFor()
    await page.getByRole('button', { name: 'SAVE', exact: true }).press('Enter')
    await card.getByText('on: signs too, with no end').waitFor()
    await card.getByRole('button', { name: 'Copy public key', exact: true }).press('Enter')
    const first = await card.getByLabel('Public key', { exact: true }).innerText()
    await expect.poll(() => page.evaluate<string>('navigator.clipboard.readText()')).toBe(first)
    expect(first).toMatch(/^whpk_.{44}$/)
    expect(first).toBe((await talk.webhook('partner')).public_key)
    const signed = await sendTest(page)
    expect(versions(signed)).toEqual(['v1', 'v1a'])
    expect(await verifies(signed, first)).toBe(true)

    const rotate = card.getByRole('button', { name: 'Rotate key' })
    const dialog = page.getByRole('dialog', { name: 'Rotate the key of "partner"' })
    await rotate.press('Enter')
    await hasFocus(dialog, 'select')
    await page.keyboard.press('Escape')
    await hasFocus(card, 'button:has-text("Rotate key")')
    await rotate.press('Enter')
    await hasFocus(dialog, 'select')
    await dialog.getByLabel('How long the old key goes on signing').selectOption('1h')
    await dialog.getByText('Old key ends').waitFor()
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).press('Enter')
    await page.getByText('A new key signs. Give its public key to your receivers.').waitFor()
    await hasFocus(card, 'button:has-text("Rotate key")')
    expect(await card.getByLabel('Public key before it', { exact: true }).innerText()).toBe(first)
    await card.getByText(/^signs too, ends in/).waitFor()
    // The secret was not rotated, so nothing says that it ends.
    await card.getByText('none signs').waitFor()
    const second = await card.getByLabel('Public key', { exact: true }).innerText()
    const overlapping = await sendTest(page)
    expect(versions(overlapping)).toEqual(['v1', 'v1a', 'v1a'])
    expect([await verifies(overlapping, first), await verifies(overlapping, second)]).toEqual([true, true])

    await rotate.press('Enter')
    await hasFocus(dialog, 'select')
    await dialog.getByText('The rotation before this one ends').waitFor()
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).press('Enter')
    await dialog.getByRole('alert').getByText('What signed before the last rotation signs until').waitFor()
    await page.keyboard.press('Escape')
    await hasFocus(card, 'button:has-text("Rotate key")')

    await page.getByRole('switch', { name: SWITCH }).press('Space')
    await page.getByRole('button', { name: 'SAVE', exact: true }).press('Enter')
    const question = page.getByRole('dialog', { name: 'Take the key of "partner" away?' })
    await hasFocus(question, 'button:has-text("Keep it")')
    await page.keyboard.press('Enter')
    await hasFocus(page, '[role=switch]')
    expect((await talk.webhook('partner')).public_key).toBe(second)
    await page.getByRole('button', { name: 'SAVE', exact: true }).press('Enter')
    await hasFocus(question, 'button:has-text("Keep it")')
    await question.getByRole('button', { name: 'Take it away' }).press('Enter')
    await card.getByText('off', { exact: true }).waitFor()
    await hasFocus(page, '[role=switch]')
    const symmetric = await sendTest(page)
    expect(versions(symmetric)).toEqual(['v1'])
    expect(await verifies(symmetric, second)).toBe('signature.mismatch')
  })

  test('a new webhook has one from the start when it is wanted', async () => {
    const { receiver, talk } = world.scene
    const { page, open } = await world.openSignedIn()
    await open('/webhooks/new')
    await page.getByLabel('Webhook URL').fill(receiver.url)
    await page.getByLabel('Name', { exact: true }).fill('second-partner')
    await page.getByRole('switch', { name: SWITCH }).click()
    await page.getByRole('button', { name: 'Add webhook' }).click()
    await page.getByRole('button', { name: 'I have copied it' }).click()
    const shown = page.getByLabel('Public key', { exact: true })
    expect(await shown.innerText()).toBe((await talk.webhook('second-partner')).public_key)
  })

  test('who may only read sees it on a phone and changes nothing, and is told why', async () => {
    const { receiver, talk } = world.scene
    const { public_key: key } = await talk.addWebhook({
      name: 'third-partner',
      url: receiver.url,
      asymmetric_signature: true,
    })
    const reader = (await talk.call('POST', '/api-keys', { name: 'reader', scopes: ['read'] })).json.key
    const { page, open, settled } = await world.open({ viewport: NARROW })
    await open('/webhooks/third-partner')
    await page.getByLabel('API key').fill(reader)
    await page.getByRole('button', { name: 'Sign in' }).click()
    expect(await page.getByLabel('Public key', { exact: true }).innerText()).toBe(key)
    await settled()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(NARROW.width)
    await page.getByRole('button', { name: 'Rotate key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
    await dialog.getByRole('alert').getByText('manage').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('switch', { name: SWITCH }).click()
    await page.getByRole('button', { name: 'SAVE', exact: true }).click()
    await dialog.getByRole('button', { name: 'Take it away' }).click()
    await page.getByRole('alert').getByText('manage').waitFor()
    expect((await talk.webhook('third-partner')).public_key).toBe(key)
  })
})
