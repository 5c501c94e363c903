import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import './browser-global-setup.ts'
import { launch } from './chromium.ts'
import { type DashboardPage, openDashboardPage, signIn } from './dashboard-page.ts'
import { type Scene, startScene } from './scene.ts'

/** What a browser test has: a running server, and pages of browsers that are closed after it. */
export interface BrowserWorld {
  readonly scene: Scene
  /** A page with cookies of its own, not signed in. */
  open(options?: Parameters<typeof openDashboardPage>[2]): Promise<DashboardPage>
  /** The same, signed in, at the list of deliveries. */
  openSignedIn(options?: Parameters<typeof openDashboardPage>[2]): Promise<DashboardPage>
}

/**
 * `describe` for tests in a real browser on a server of its own. Errors in the console, violations of the policy and
 * requests to third parties fail each test. Where Chromium cannot run, one skipped test with the reason stands for all.
 */
export function describeBrowser(
  name: string,
  define: (world: BrowserWorld) => void,
  env: Record<string, string> = {},
): void {
  const chromium = inject('chromium')
  describe(name, () => {
    if (!('path' in chromium)) {
      test('needs Chromium', ({ skip }) => skip(chromium.reason))
      return
    }
    let browser: Browser
    let scene: Scene
    const pages: DashboardPage[] = []
    beforeAll(async () => {
      browser = await launch(chromium.path)
      scene = await startScene(env)
    })
    afterAll(async () => {
      await browser.close()
      await scene.stop()
    })
    afterEach(async () => {
      const opened = pages.splice(0)
      for (const page of opened) await page.close()
      expect(opened.flatMap(({ faults }) => faults)).toEqual([])
    })
    const world: BrowserWorld = {
      get scene() {
        return scene
      },
      async open(options) {
        const page = await openDashboardPage(browser, scene.ringback.app.origin, options)
        pages.push(page)
        return page
      },
      async openSignedIn(options) {
        const page = await world.open(options)
        await signIn(page, scene.ringback.app)
        await page.open('/deliveries')
        return page
      },
    }
    define(world)
  })
}
