import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

/** Unpacks Chromium (once for a machine, some seconds), and starts it to see whether it can run here. */
export async function findChromium(): Promise<string> {
  const path = await chromium.executablePath()
  const browser = await launch(path)
  await browser.close()
  return path
}

/**
 * A browser without a window, with the rules that browsers of people have: the arguments that come with this Chromium
 * would switch web security off. As root, which containers are, Chromium runs only without its sandbox.
 */
export function launch(executablePath: string): Promise<Browser> {
  return driver.launch({ executablePath, args: ['--no-sandbox', '--force-color-profile=srgb'] })
}
