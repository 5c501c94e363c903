import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Every test file runs in a process of its own, and every embedded database in a thread: what Node compiled for one of
// them, the others need not compile again. Where the server itself keeps it.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('./node_modules/.cache/ringback', import.meta.url))

/** What belongs to the slow suite: whole processes that are killed and started again, many times. */
const TORTURE = '**/*.torture.test.ts'

/** What drives a real browser; a part of its own, because a browser and a server need both cores. */
const BROWSER = '**/*.browser.test.ts'

/** Builds the dashboard, when it is older than its sources. */
const DASHBOARD = './packages/server/test/harness/dashboard-global-setup.ts'

/** Starts one PostgreSQL for the whole run; each test file makes databases of its own in it. */
const globalSetup = ['./packages/server/test/harness/postgres-global-setup.ts', DASHBOARD]

/** How long `expect.poll` waits: the default of a second is not enough on a busy machine; as long as `until` of the harness. */
const expect = { poll: { timeout: 20_000 } }

export default defineConfig({
  test: {
    // More workers than the two cores of a small machine make the timing of the tests worse and nothing faster.
    maxWorkers: 2,
    // A flaky test is a bug: it fails.
    retry: 0,
    projects: [
      {
        test: {
          name: 'tests',
          expect,
          include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [TORTURE, BROWSER, '**/node_modules/**'],
          globalSetup,
          // Only ends what hangs: tests that start processes take many times longer on a machine that is busy.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'browser',
          expect,
          include: [`packages/dashboard/test/${BROWSER}`],
          exclude: ['**/node_modules/**'],
          globalSetup: ['./packages/dashboard/test/harness/browser-global-setup.ts', DASHBOARD],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'torture',
          expect,
          include: [`packages/*/test/${TORTURE}`],
          exclude: ['**/node_modules/**'],
          globalSetup,
          testTimeout: 900_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
