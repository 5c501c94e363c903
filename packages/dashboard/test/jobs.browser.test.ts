import { expect, test } from 'vitest'
import { describeBrowser } from './harness/describe-browser.ts'

const TRANSLATION = { content: 'good morning', language: 'Italian' }

describeBrowser(
  'jobs',
  (world) => {
    /** Dispatches a job that asks the model; gives its id. */
    async function translate(): Promise<string> {
      const { status, json, text } = await world.scene.talk.call('POST', '/content/translate', TRANSLATION)
      expect(status, text).toBe(202)
      return json.job_id
    }

    test('a job is found by filters, shows all that is known of it, and leads to its delivery and back', async () => {
      const { talk, receiver, model } = world.scene
      const { page, open } = await world.openSignedIn()
      await open('/jobs')
      await page.getByRole('heading', { name: 'No job yet' }).waitFor()
      await talk.setWebhook('default', { enabled: true, url: receiver.url })
      model.script({ kind: 'ok', value: { content: 'buongiorno', from_language: 'English' } })
      const jobId = await translate()
      await talk.deliveryOf(jobId, 'status=delivered')
      await talk.dispatch()
      await page
        .getByRole('button', { name: '2 or more new jobs: show' })
        .or(page.getByText('2 new jobs: show'))
        .click()
      await page.locator('[data-row]').nth(1).waitFor()
      await page.getByLabel('Job type').selectOption('content_translate')
      await page.getByLabel('Status').selectOption('success')
      await page.getByRole('link', { name: 'content_translate' }).click()
      expect(new URL(page.url()).pathname).toBe(`/dashboard/jobs/${jobId}`)
      expect(new URL(page.url()).search).toBe('?type=content_translate&status=success')
      await page.reload()
      const drawer = page.getByRole('dialog')
      await drawer.getByText('"content": "buongiorno"').waitFor()
      await drawer.getByText('"content": "good morning"').waitFor()
      await drawer.getByText('compatible/local').first().waitFor()
      await drawer.getByText('$0.000570').first().waitFor()
      await drawer.getByRole('link', { name: 'default' }).click()
      await page.getByRole('heading', { name: 'Timeline' }).waitFor()
      await page.getByRole('dialog').getByRole('link', { name: jobId }).click()
      await page.getByRole('heading', { name: 'Usage' }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(new URL(page.url()).pathname).toBe('/dashboard/jobs')
    })

    test('cancelling says what came of it: stopped, ended while it waited, or ended before', async () => {
      const { talk, model } = world.scene
      model.script({ kind: 'hang' })
      const asked = model.requests.length
      const running = await translate()
      await model.requested(asked + 1)
      const waiting = await translate()
      const ended = await translate()
      const { page, open } = await world.openSignedIn()
      const cancel = page.getByRole('dialog').getByRole('button', { name: 'Cancel' })

      await open(`/jobs/${waiting}`)
      await page.getByText('For its turn and a free place').waitFor()
      await cancel.click()
      await page.getByText('The job was cancelled.').first().waitFor()
      await page.getByRole('dialog').getByText('job.cancelled').first().waitFor()
      expect(await cancel.count()).toBe(0)

      await open(`/jobs/${ended}`)
      await cancel.waitFor()
      // The page must not learn of the end before it asks to cancel.
      await page.route(`**/api/v1/jobs/${ended}`, () => {})
      await talk.call('POST', `/jobs/${ended}/cancel`)
      await cancel.click()
      await page.getByText('The job has ended already').first().waitFor()

      await open(`/jobs/${running}`)
      await cancel.click()
      await page.getByText('The job is being stopped').waitFor()
      await page.getByRole('dialog').getByText('job.cancelled').first().waitFor()
    })

    test('a job is expunged after a question: what it was about is gone, and what happened to it stays', async () => {
      const { talk, receiver } = world.scene
      await talk.setWebhook('default', { enabled: true, url: receiver.url, include_result: true })
      const short = { 'payload-retention': '1h' }
      const { json } = await talk.call(
        'POST',
        '/content/detect_emails',
        { content: 'Write to anna@example.com' },
        short,
      )
      const { id: deliveryId } = await talk.deliveryOf(json.job_id, 'status=delivered')
      const { page, open } = await world.openSignedIn()
      await open(`/jobs/${json.job_id}`)
      const drawer = page
        .getByRole('dialog')
        .filter({ has: page.getByRole('heading', { name: 'content_detect_emails' }) })
      const question = page.getByRole('dialog', { name: 'Remove what this job was about?' })
      await drawer.getByText('Write to anna@example.com').waitFor()
      await drawer.getByText('kept for 1h, as asked for').waitFor()

      await drawer.getByRole('button', { name: 'Expunge' }).click()
      await question.getByRole('button', { name: 'Keep it' }).click()
      await question.waitFor({ state: 'detached' })
      await drawer.getByText('Write to anna@example.com').waitFor()

      await drawer.getByRole('button', { name: 'Expunge' }).click()
      await question.getByRole('button', { name: 'Remove for good' }).click()
      await page.getByText('It was removed for good.').first().waitFor()
      await question.waitFor({ state: 'detached' })
      await page.getByText('Write to anna@example.com').waitFor({ state: 'detached' })
      expect(await drawer.getByText('kept for 1h').count()).toBe(0)
      expect(await drawer.getByRole('button', { name: 'Expunge' }).count()).toBe(0)
      expect(await drawer.getByRole('link', { name: 'Run again' }).count()).toBe(0)
      expect(await drawer.textContent()).not.toContain('anna@example.com')

      await drawer.getByRole('link', { name: 'default' }).click()
      await page.getByRole('heading', { name: 'Timeline' }).waitFor()
      expect(new URL(page.url()).pathname).toBe(`/dashboard/deliveries/${deliveryId}`)
      // The whole page: drawer, list and message.
      expect(await page.locator('body').textContent()).not.toContain('anna@example.com')
    })

    test('on a phone the button that copies the link of a job stands beside its id', async () => {
      const jobId = await world.scene.talk.dispatch()
      const { page, open, settled } = await world.openSignedIn({ viewport: { width: 375, height: 812 } })
      await open(`/jobs/${jobId}`)
      const drawer = page.getByRole('dialog', { name: 'content_detect_emails' })
      const copy = drawer.getByRole('button', { name: 'Copy the link to this job' })
      await copy.waitFor()
      await settled()
      const id = await drawer.getByText(jobId, { exact: true }).first().boundingBox()
      const button = await copy.boundingBox()
      if (id === null || button === null) throw new Error('the id or its button is not on the page')
      expect(button.x).toBeGreaterThanOrEqual(id.x + id.width)
      expect(Math.abs(button.y + button.height / 2 - (id.y + id.height / 2))).toBeLessThan(id.height / 2)
      await copy.click()
      await expect.poll(() => page.evaluate<string>('navigator.clipboard.readText()')).toBe(page.url())
    })

    test('a job that is not there says so', async () => {
      const { page, open } = await world.openSignedIn()
      await open('/jobs/0199c1f0-0000-7000-8000-000000000000')
      await page.getByText('This account has no such job').waitFor()
    })
  },
  { RINGBACK_JOBS_PER_ACCOUNT: '1' },
)
