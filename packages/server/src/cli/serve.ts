import { describeConfig } from '../config/describe-config.ts'
import { parseConfig } from '../config/parse-config.ts'
import { openDashboardFiles } from '../dashboard/dashboard-files.ts'
import { EXIT_CODES } from '../lib/errors.ts'
import { startStoreThread } from '../store/sqlite/thread.ts'
import { VERSION } from '../version.ts'
import { banner } from './banner.ts'
import type { RunCommand } from './command-context.ts'

/**
 * Runs the server until it is told to stop, then lets what is under way end.
 * @throws StartError when a setting, the database or the port is in the way
 */
export const serve: RunCommand = async ({ env, clock, random, print, serverLog, stopSignal }) => {
  const config = parseConfig(env)
  // Before the app is loaded, which takes as long as it does.
  const storeThread = config.database.engine === 'sqlite' ? startStoreThread() : null
  const { startApp } = await import('../app.ts')
  const log = serverLog(config.logLevel)
  const dashboard = openDashboardFiles({
    clock,
    onBuilt: (durationMs) => print(`The dashboard was built in ${(durationMs / 1_000).toFixed(1)} s.`),
    onFailed: (reason) => log.error({ reason }, 'the dashboard could not be built'),
  })
  const app = await startApp(config, { clock, random, log, dashboard, storeThread })
  const signInToken = await app.sessions.createLink(app.defaultAccount.id)
  print(banner(config, { ...app, signInToken }))
  if (config.roles.has('api')) void dashboard.settled()
  log.info({ version: VERSION, pid: process.pid, settings: describeConfig(config) }, 'started')
  await aborted(stopSignal)
  log.info('stopping: no new work, waiting for what is under way')
  dashboard.stop()
  await app.stop()
  log.info('stopped')
  return EXIT_CODES.ok
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
