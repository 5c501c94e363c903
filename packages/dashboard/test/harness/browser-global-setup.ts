import type { TestProject } from 'vitest/node'
import { messageOf } from '../../../server/src/lib/errors.ts'
import { findChromium } from './chromium.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where Chromium is, or why there is none. */
    chromium: { readonly path: string } | { readonly reason: string }
  }
}

/** Unpacks Chromium; where it cannot run, says why once. */
export default async function prepareBrowser(project: TestProject): Promise<void> {
  try {
    project.provide('chromium', { path: await findChromium() })
  } catch (error) {
    const reason = `no Chromium for tests: ${messageOf(error)}`
    console.warn(`${reason}\nTests that need it are skipped.`)
    project.provide('chromium', { reason })
  }
}
