import { beforeAll, expect, test } from 'vitest'
import { PHONE, type Theme } from './harness/dashboard-page.ts'
import { describeBrowser } from './harness/describe-browser.ts'
import { fillScene } from './harness/scene.ts'
import { viewsOf } from './harness/views.ts'

describeBrowser('every view', (world) => {
  beforeAll(() => fillScene(world.scene))

  test.each<[string, { theme: Theme; viewport?: typeof PHONE }]>([
    ['light', { theme: 'light' }],
    ['dark', { theme: 'dark' }],
    ['light on a phone', { theme: 'light', viewport: PHONE }],
  ])('has nothing that axe objects to, has one h1, and is as wide as its window: %s', async (_name, options) => {
    const found: Record<string, string[]> = {}
    const dashboard = await world.openSignedIn(options)
    for (const view of await viewsOf(world.scene)) {
      const seen = view.signedOut ? await world.open(options) : dashboard
      await seen.open(view.path)
      await view.prepare?.(seen.page)
      await seen.page.waitForLoadState('networkidle')
      const problems = await seen.violations()
      if ((await seen.page.locator('h1').count()) !== 1) problems.push('not one h1')
      const isWider = await seen.page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
      if (isWider) problems.push('wider than its window')
      if (problems.length > 0) found[view.name] = problems
    }
    expect(found).toEqual({})
  })
})
