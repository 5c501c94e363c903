import { expect, test } from 'vitest'
import { describeBrowser } from './harness/describe-browser.ts'

/** What would run if a text became markup. */
const XSS = '<img src=x onerror="window.boomed=1"><script>window.boomed=1</script> a@example.com'

describeBrowser('the playground', (world) => {
  test('the webhook of a job arrives in the inbox and is verified, before any webhook or secret is set', async () => {
    const { page, open } = await world.openSignedIn()
    await open('/playground?type=content_detect_emails')
    const inbox = page.getByRole('region', { name: 'Inbox' })
    await inbox.getByText('Nothing has arrived').waitFor()
    await page.getByText("-H 'Job-Webhook: ringback://inbox'").waitFor()
    await page.getByLabel('content').fill(XSS)
    await page.getByRole('button', { name: 'Run' }).click()
    await inbox.getByText('Verified with X-Signature').waitFor()
    await inbox.getByText('Verified with webhook-signature').waitFor()
    await inbox.getByText('a secret of the inbox').waitFor()
    const body = JSON.parse((await inbox.getByRole('region', { name: 'Received body' }).textContent()) ?? '')
    expect(body).toEqual({ id: expect.any(String), status: 'success', type: 'content_detect_emails' })
    await inbox.getByRole('tab', { name: 'Headers' }).click()
    await inbox.getByText('SharpAPIWebhook/1.0').waitFor()
    await inbox.getByText('webhook-timestamp').waitFor()
    await inbox.getByRole('tab', { name: 'As curl' }).click()
    await inbox.getByText("curl -X POST 'http://localhost:3000/webhook'").waitFor()
    // The receiver of the account was not told.
    expect((await world.scene.talk.deliveries(`job_id=${body.id}`)).map(({ url }) => url)).toEqual(['ringback://inbox'])
    await inbox.getByRole('link', { name: 'Open as delivery' }).click()
    await page.getByRole('dialog').getByText('ringback://inbox').first().waitFor()
  })

  test('a job is run from its form, seen as curl, and followed to its end and its delivery', async () => {
    const { talk, receiver } = world.scene
    await talk.setWebhook('default', { enabled: true, url: receiver.url, secret: 'a secret of tests' })
    const { page, open } = await world.openSignedIn()
    await open('/playground')
    await page.getByLabel('Job type').selectOption('content_detect_phones')
    expect(new URL(page.url()).search).toBe('?type=content_detect_phones')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('alert').getByText('Content is missing').waitFor()
    await page.getByLabel('content').fill("It's +44 20 7946 0958; call <b>now</b>")
    await page.getByLabel('country').fill('gb')
    await page.getByRole('switch', { name: 'Webhook to the inbox' }).click()
    await page.getByRole('button', { name: 'Copy command' }).click()
    const command = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(command).toContain(`${world.scene.ringback.app.origin}/api/v1/content/detect_phones`)
    expect(command).toContain(`--data-binary '{"content":"It'\\''s +44 20 7946 0958; call <b>now</b>","country":"gb"}'`)
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText('"parsed_number": "+442079460958"').waitFor()
    await page.getByText('Delivered', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Open as job' }).click()
    await page.getByRole('dialog').getByRole('link', { name: 'Run again' }).click()
    await page.getByRole('heading', { name: 'Playground' }).waitFor()
    expect(await page.getByLabel('content').inputValue()).toBe("It's +44 20 7946 0958; call <b>now</b>")
  })

  test('what a job was given comes back in the body of its webhook as text, and the inbox keeps what came before', async () => {
    const { talk } = world.scene
    await talk.setWebhook('default', { secret: 'a secret of tests', include_result: true })
    const { page, open } = await world.openSignedIn()
    await open('/playground?type=content_detect_urls')
    const inbox = page.getByRole('region', { name: 'Inbox' })
    for (const count of [1, 2]) {
      await page.getByLabel('content').fill(`${XSS} https://example.com/?q=<script>boom()</script>&n=${count}`)
      await page.getByRole('button', { name: 'Run' }).click()
      await expect.poll(() => inbox.getByText('Verified with X-Signature').count()).toBe(count)
    }
    await inbox.getByText('the secret of the webhook “default”').first().waitFor()
    const body = await inbox.getByRole('region', { name: 'Received body' }).textContent()
    expect(body).toContain('https://example.com/?q=')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.evaluate("'boomed' in window")).toBe(false)
    await inbox.getByRole('button', { name: 'More' }).click()
    await expect.poll(() => inbox.getByRole('region', { name: 'Received body' }).count()).toBe(2)
    await inbox.getByRole('button', { name: 'Clear' }).click()
    await inbox.getByText('Nothing has arrived').waitFor()
  })

  test('a file is sent as a form, and refused in the words of the server where it does not fit', async () => {
    const { model } = world.scene
    const file = { name: 'anna.txt', mimeType: 'text/plain', buffer: Buffer.from('Anna Example, baker in Turin') }
    const { page, open } = await world.openSignedIn()
    await open('/playground?type=invoice_parse')
    await page.getByLabel('file').setInputFiles(file)
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('alert').getByText('The file "anna.txt" is TXT').waitFor()
    await open('/playground?type=hr_parse_resume')
    await page.getByLabel('file').setInputFiles(file)
    await page.getByText("-F 'file=@anna.txt'").waitFor()
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('heading', { name: 'The job' }).waitFor()
    await model.requested(1)
    expect(JSON.stringify(model.requests[0]?.body)).toContain('Anna Example, baker in Turin')
  })
})
