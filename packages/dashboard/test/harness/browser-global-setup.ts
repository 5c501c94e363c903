import type { TestProject } from 'vitest/node'
import { openDashboardFiles } from '../../../server/src/dashboard/dashboard-files.ts'
import { systemClock } from '../../../server/src/lib/clock.ts'
import { messageOf } from '../../../server/src/lib/errors.ts'
import { findChromium } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where Chromium is, or why there is none. */
    chromium: { readonly path: string } | { readonly reason: string }
  }
}

/** Builds the dashboard when it is old, and unpacks Chromium; where that cannot run, says why once. */
export default async function prepareBrowser(project: TestProject): Promise<void> {
  const built = await openDashboardFiles({ clock: systemClock }).settled()
  if (built.state !== 'ready') throw new Error(`the dashboard cannot be built: ${JSON.stringify(built)}`)
  try {
    project.provide('chromium', { path: await findChromium() })
  } catch (error) {
    const reason = `no Chromium for tests: ${messageOf(error)}`
    console.warn(`${reason}\nTests that need it are skipped.`)
    project.provide('chromium', { reason })
  }
}
