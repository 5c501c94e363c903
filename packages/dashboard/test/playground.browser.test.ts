import { expect, test } from 'vitest'
import { describeBrowser } from './harness/describe-browser.ts'

describeBrowser('the playground', (world) => {
  test('a job is run from its form, seen as curl, and followed to its end and its delivery', async () => {
    const { talk, receiver } = world.scene
    await talk.setWebhook('default', { enabled: true, url: receiver.url })
    const { page, open } = await world.openSignedIn()
    await open('/playground')
    await page.getByLabel('Job type').selectOption('content_detect_phones')
    expect(new URL(page.url()).search).toBe('?type=content_detect_phones')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('alert').getByText('Content is missing').waitFor()
    await page.getByLabel('content').fill("It's +44 20 7946 0958; call <b>now</b>")
    await page.getByLabel('country').fill('gb')
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
