import type { Courier } from '../courier/courier.ts'
import type { Runner } from '../jobs/runner.ts'
import type { Store, WorkKind } from '../store/store.ts'
import type { Part } from './part.ts'

/** Hears of work that other processes, or other parts of this one, have written. */
export function createWakeUps(options: {
  readonly store: Pick<Store, 'onWork'>
  readonly runner: Pick<Runner, 'wake' | 'lookForCancelled'>
  readonly courier: Pick<Courier, 'wake'>
}): Part {
  const { store, runner, courier } = options
  const onWork: Partial<Record<WorkKind, () => void>> = {
    jobs: () => runner.wake(),
    deliveries: () => courier.wake(),
    cancelled: () => runner.lookForCancelled(),
  }
  let stopHearing = () => {}
  return {
    name: 'wake-ups',
    start() {
      stopHearing = store.onWork((kind) => onWork[kind]?.())
    },
    stop: () => stopHearing(),
  }
}
