import { beforeAll, expect, test } from 'vitest'
import { type DashboardPage, PHONE } from './harness/dashboard-page.ts'
import { describeBrowser } from './harness/describe-browser.ts'
import { fillScene } from './harness/scene.ts'
import { type View, viewsOf } from './harness/views.ts'

/** What is wrong with views, by their names. */
type Found = Record<string, string[]>

/** Ends what hangs: every view is opened twice and looked at three times. */
const LOOK_TIMEOUT_MS = 600_000

describeBrowser('every view', (world) => {
  const light: Found = {}
  const dark: Found = {}
  const phone: Found = {}

  // The desktop shows each view in both themes one after the other; the phone is another page beside it.
  beforeAll(async () => {
    await fillScene(world.scene)
    const views = await viewsOf(world.scene)
    await Promise.all([
      lookAt(views, {}, async (seen, name) => {
        await look(seen, light, name)
        await seen.show('dark')
        await seen.settled()
        await look(seen, dark, name)
        await seen.show('light')
      }),
      lookAt(views, { viewport: PHONE }, (seen, name) => look(seen, phone, name)),
    ])
  }, LOOK_TIMEOUT_MS)

  async function lookAt(
    views: readonly View[],
    options: Parameters<typeof world.open>[0],
    onView: (seen: DashboardPage, name: string) => Promise<void>,
  ): Promise<void> {
    const dashboard = await world.openSignedIn(options)
    for (const view of views) {
      const seen = view.signedOut ? await world.open(options) : dashboard
      await seen.open(view.path)
      await view.prepare?.(seen.page)
      await seen.settled()
      await onView(seen, view.name)
    }
  }

  async function look(seen: DashboardPage, found: Found, name: string): Promise<void> {
    const problems = await seen.violations()
    if ((await seen.page.locator('h1').count()) !== 1) problems.push('not one h1')
    const isWider = await seen.page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
    if (isWider) problems.push('wider than its window')
    if (problems.length > 0) found[name] = problems
  }

  test.each<[string, Found]>([
    ['light', light],
    ['dark', dark],
    ['light on a phone', phone],
  ])('has nothing that axe objects to, has one h1, and is as wide as its window: %s', (_name, found) => {
    expect(found).toEqual({})
  })
})
