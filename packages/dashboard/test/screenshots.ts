/**
 * `npm run screenshots [folder] [name]`: pictures of every view, or of those whose names begin so, in both themes and at
 * phone width, of a server with real data.
 */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findChromium, launch } from './harness/chromium.ts'
import { openDashboardPage, PHONE, signIn } from './harness/dashboard-page.ts'
import { fillScene, startScene } from './harness/scene.ts'
import { viewsOf } from './harness/views.ts'

const folder = resolve(process.argv[2] ?? 'screenshots')
mkdirSync(folder, { recursive: true })

const scene = await startScene()
await fillScene(scene)
const browser = await launch(await findChromium())
const { app } = scene.ringback
for (const [name, options] of [
  ['light', { theme: 'light' }],
  ['dark', { theme: 'dark' }],
  ['phone', { theme: 'light', viewport: PHONE }],
] as const) {
  const dashboard = await openDashboardPage(browser, app.origin, options)
  let isSignedIn = false
  for (const view of (await viewsOf(scene)).filter(({ name }) => name.startsWith(process.argv[3] ?? ''))) {
    if (!view.signedOut && !isSignedIn) {
      await signIn(dashboard, app)
      isSignedIn = true
    }
    await dashboard.open(view.path)
    await view.prepare?.(dashboard.page)
    await dashboard.settled()
    const file = join(folder, `${view.name}-${name}.png`)
    const { page } = dashboard
    const size = page.viewportSize()
    if (view.whole && size) {
      // Not `fullPage`: what sticks to the edge of the window would stick in the middle of the picture.
      const height = await page.evaluate<number>('document.documentElement.scrollHeight')
      await page.setViewportSize({ ...size, height })
    }
    await page.screenshot({ path: file })
    if (size) await page.setViewportSize(size)
    console.log(file)
  }
  for (const fault of dashboard.faults) console.error(`${name}: ${fault}`)
  await dashboard.close()
}
await browser.close()
await scene.stop()
process.exit()
