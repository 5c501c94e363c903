import { openDashboardFiles } from '../../src/dashboard/dashboard-files.ts'
import { systemClock } from '../../src/lib/clock.ts'

/** Builds the dashboard once before all tests, so that no server of theirs begins to, in the middle of a measurement. */
export default async function buildDashboard(): Promise<void> {
  const end = await openDashboardFiles({ clock: systemClock }).settled()
  if (end.state === 'failed') throw new Error(`the dashboard cannot be built: ${end.reason}`)
}
