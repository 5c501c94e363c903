import type { Page } from 'playwright-core'
import type { Scene } from './scene.ts'

/** A view as it is looked at: by axe in the tests, by people in the screenshots. A new view is one more entry. */
export interface View {
  readonly name: string
  readonly path: string
  readonly signedOut?: boolean
  /** The picture shows all of it, not only what fits on the screen. */
  readonly whole?: boolean
  /** What is done there before it is looked at. */
  prepare?(page: Page): Promise<void>
}

/** Every view of the dashboard, on a filled scene. */
export async function viewsOf({ talk }: Scene): Promise<View[]> {
  const [retried] = (await talk.deliveries('webhook=crm-production')).toSorted(
    (one, other) => other.attempt_count - one.attempt_count,
  )
  const jobId = async (query: string) => (await talk.call('GET', `/jobs?${query}`)).json.data[0]?.id
  const translated = await jobId('type=content_translate&status=success')
  const refused = await jobId('type=content_translate&status=failed')
  const inbox = { 'job-webhook': 'ringback://inbox' }
  const { json: told } = await talk.call('POST', '/content/detect_emails', { content: 'anna@example.com' }, inbox)
  const expunged = told.job_id
  await talk.deliveryOf(expunged, 'status=delivered')
  const removed = await talk.call('POST', `/jobs/${expunged}/expunge`)
  if (removed.status >= 300) throw new Error(`the job was not expunged: ${removed.text}`)
  const row = (page: Page) => page.locator('[data-row]').first().waitFor()
  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).first().waitFor()
  return [
    { name: 'sign-in', path: '/', signedOut: true, prepare: (page) => heading(page, 'Sign in') },
    {
      name: 'overview',
      path: '/overview',
      whole: true,
      async prepare(page) {
        await page.locator('canvas').nth(1).waitFor()
      },
    },
    { name: 'overview-hour', path: '/overview?range=1h', prepare: (page) => page.locator('canvas').nth(1).waitFor() },
    { name: 'deliveries', path: '/deliveries', prepare: row },
    {
      name: 'deliveries-filtered-empty',
      path: '/deliveries?status=discarded&type=content_translate',
      prepare: (page) => heading(page, 'Nothing matches'),
    },
    {
      name: 'delivery',
      path: `/deliveries/${retried?.id}?webhook=crm-production`,
      prepare: (page) => page.getByRole('dialog').getByRole('heading', { name: 'Timeline' }).waitFor(),
    },
    { name: 'failed', path: '/failed', prepare: row },
    {
      name: 'recover',
      path: '/failed',
      async prepare(page) {
        await page.getByRole('button', { name: 'Recover' }).click()
        await page.getByRole('dialog').getByText('will be sent').waitFor()
      },
    },
    { name: 'jobs', path: '/jobs', prepare: row },
    {
      name: 'jobs-filtered-empty',
      path: '/jobs?status=failed&type=content_detect_urls',
      prepare: (page) => heading(page, 'Nothing matches'),
    },
    {
      name: 'job',
      path: `/jobs/${translated}`,
      prepare: (page) => page.getByRole('dialog').getByRole('heading', { name: 'Usage' }).waitFor(),
    },
    {
      name: 'job-failed',
      path: `/jobs/${refused}?status=failed`,
      prepare: (page) => page.getByRole('dialog').getByRole('heading', { name: 'Error' }).waitFor(),
    },
    {
      name: 'expunge',
      path: `/jobs/${refused}`,
      async prepare(page) {
        await page.getByRole('button', { name: 'Expunge' }).click()
        await page.getByRole('button', { name: 'Remove for good' }).waitFor()
      },
    },
    {
      name: 'job-expunged',
      path: `/jobs/${expunged}`,
      prepare: (page) => page.getByText('It was removed').first().waitFor(),
    },
    { name: 'jobs-of-model', path: '/jobs?model=compatible%2Flocal', prepare: row },
    {
      name: 'playground',
      path: `/playground?type=content_translate&job=${translated}`,
      prepare: (page) => page.getByText('Hello, and welcome aboard!').first().waitFor(),
    },
    {
      name: 'playground-run',
      path: '/playground?type=content_detect_phones',
      whole: true,
      async prepare(page) {
        await page.getByLabel('content').fill('Call +44 20 7946 0958, or 600 100 200.')
        await page.getByRole('button', { name: 'Run' }).click()
        await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
        await page.getByText('Verified with X-Signature').waitFor()
      },
    },
    {
      name: 'playground-file',
      path: '/playground?type=hr_resume_job_match_score',
      async prepare(page) {
        await page.getByRole('button', { name: 'Run' }).click()
        await page.getByRole('alert').first().waitFor()
      },
    },
    { name: 'webhooks', path: '/webhooks', prepare: (page) => page.locator('[data-row]').nth(3).waitFor() },
    {
      name: 'webhook',
      path: '/webhooks/default',
      whole: true,
      async prepare(page) {
        await page.getByRole('button', { name: 'Send test' }).click()
        await page.getByText('Open as delivery').waitFor()
      },
    },
    {
      name: 'webhook-failing',
      path: '/webhooks/crm-production',
      async prepare(page) {
        await page.getByLabel('Webhook URL').fill('http://169.254.169.254/latest#meta')
        await page.getByText('must not have a fragment').waitFor()
        await page.getByRole('button', { name: 'Generate' }).click()
      },
    },
    {
      name: 'rotate',
      path: '/webhooks/default',
      prepare: (page) => page.getByRole('button', { name: 'Rotate secret' }).click(),
    },
    { name: 'new-webhook', path: '/webhooks/new', prepare: (page) => heading(page, 'Add a webhook') },
    { name: 'workflows', path: '/workflows', prepare: (page) => page.locator('[data-row]').nth(1).waitFor() },
    {
      name: 'workflow',
      path: '/workflows/mood-of-text',
      whole: true,
      prepare: (page) => page.getByLabel('Output schema').waitFor(),
    },
    {
      name: 'new-workflow',
      path: '/workflows/new',
      whole: true,
      async prepare(page) {
        await page.getByRole('button', { name: 'Add workflow' }).click()
        await page.getByRole('alert').first().waitFor()
      },
    },
    {
      name: 'playground-workflow',
      path: '/playground?type=custom_mood_of_text',
      prepare: (page) => page.getByLabel('sureness').waitFor(),
    },
    {
      name: 'api-keys',
      path: '/api-keys',
      prepare: (page) => page.getByText('Revoked', { exact: true }).waitFor(),
    },
    {
      name: 'new-api-key',
      path: '/api-keys',
      prepare: (page) => page.getByRole('button', { name: 'Create a key' }).click(),
    },
    { name: 'settings', path: '/settings', prepare: (page) => page.getByText('Public URL', { exact: true }).waitFor() },
    {
      name: 'sessions',
      path: '/sessions',
      prepare: (page) => page.getByText('This browser', { exact: true }).waitFor(),
    },
    {
      name: 'palette',
      path: '/webhooks',
      async prepare(page) {
        await page.locator('[data-row]').first().waitFor()
        await page.keyboard.press('Control+k')
        await page.getByRole('option').first().waitFor()
      },
    },
    {
      name: 'shortcuts',
      path: '/deliveries',
      async prepare(page) {
        await page.locator('[data-row]').first().waitFor()
        await page.keyboard.press('?')
        await page.getByRole('dialog').waitFor()
      },
    },
    { name: 'not-found', path: '/nothing', prepare: (page) => heading(page, 'Nothing is here') },
  ]
}
