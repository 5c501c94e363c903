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

    test('a job that is not there says so', async () => {
      const { page, open } = await world.openSignedIn()
      await open('/jobs/0199c1f0-0000-7000-8000-000000000000')
      await page.getByText('This account has no such job').waitFor()
    })
  },
  { RINGBACK_JOBS_PER_ACCOUNT: '1' },
)
