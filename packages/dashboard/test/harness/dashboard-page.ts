import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'

export type Theme = 'light' | 'dark'

/** A page of the dashboard that keeps everything that must not happen. */
export interface DashboardPage {
  readonly page: Page
  /** Errors in the console, violations of the policy, and requests to anybody else than the server. */
  readonly faults: readonly string[]
  /** Takes those that a test has provoked from the list, to look at them itself. */
  takeFaults(): string[]
  /** Opens a view: a path below `/dashboard`. */
  open(path: string): Promise<void>
  /** Shows the other theme, as when the system changes it. */
  show(theme: Theme): Promise<void>
  /** Resolves when the page asks for nothing, has all that it waits for, and nothing moves. */
  settled(): Promise<void>
  /** What axe finds wrong with the page as it is. */
  violations(): Promise<string[]>
  close(): Promise<void>
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Two frames: what was asked for and has come is on the page. */
const FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))'

/** Places that are held for what is to come, and movements that come to an end. */
const IS_MOVING = `document.querySelector('.skeleton') !== null || document.getAnimations().some((animation) =>
  animation.playState === 'running' && animation.effect.getComputedTiming().endTime !== Infinity)`

const DESKTOP = { width: 1_280, height: 860 }
export const PHONE = { width: 390, height: 844 }

/** Opens a page of its own, with its own cookies. */
export async function openDashboardPage(
  browser: Browser,
  origin: string,
  options: { theme?: Theme; viewport?: { width: number; height: number } } = {},
): Promise<DashboardPage> {
  const { theme = 'light', viewport = DESKTOP } = options
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: 'reduce', locale: 'en-GB' })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    // The browser's own line about an answer outside 2xx; what the page makes of it is what tests look at.
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isAnswer) faults.push(`console: ${message.text()}`)
  })
  let underWay = 0
  page.on('requestfinished', () => underWay--)
  page.on('requestfailed', () => underWay--)
  page.on('request', (request) => {
    underWay++
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) faults.push(`request: ${url}`)
  })
  await context.exposeFunction('reportViolation', (text: string) => faults.push(`policy: ${text}`))
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    reportViolation(event.violatedDirective + ' ' + event.blockedURI))`)
  return {
    page,
    faults,
    takeFaults: () => faults.splice(0),
    async open(path) {
      await page.goto(`${origin}/dashboard${path}`)
    },
    show: (next) => page.emulateMedia({ colorScheme: next }),
    async settled() {
      // Twice, because what has come may ask for more.
      for (let quiet = 0; quiet < 2; quiet++) {
        await page.evaluate(FRAMES)
        if (underWay > 0 || (await page.evaluate<boolean>(IS_MOVING))) quiet = -1
      }
    },
    async violations() {
      if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE)
      const { violations } = await page.evaluate<AxeResults>(`axe.run({ resultTypes: ['violations'] })`)
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
      )
    },
    close: () => context.close(),
  }
}

/** Signs a page in with a one-time link, as a person does, and waits for the first view. */
export async function signIn(
  { page, open }: DashboardPage,
  app: {
    readonly sessions: { createLink(accountId: string): Promise<string> }
    readonly defaultAccount: { id: string }
  },
): Promise<void> {
  await open(`/sign-in#${await app.sessions.createLink(app.defaultAccount.id)}`)
  await page.waitForURL('**/dashboard/overview')
}
