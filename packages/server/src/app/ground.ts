import type { Config } from '../config.ts'
import type { ProcessLease } from '../leases/process-lease.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import type { Metrics } from './metrics.ts'
import type { Patience } from './patience.ts'

/** What all parts of a process stand on. */
export interface Ground {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly store: Store
  readonly vault: Vault
  /** What jobs and deliveries are leased to. */
  readonly lease: ProcessLease
  /** The store for those who lease. */
  readonly leasing: Store
  readonly metrics: Metrics
  /** How long the work that is under way may take to end. */
  readonly patience: Patience
}
