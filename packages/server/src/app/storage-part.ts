import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { StoreThread } from '../store/sqlite/thread.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from '../webhooks/secret-vault.ts'
import { openStore, openVault } from './open-store.ts'
import type { Part } from './part.ts'

/** The database and the key to its secrets. */
export interface StoragePart extends Part {
  readonly store: Store
  readonly vault: Vault
}

/** @throws StartError when the database or the master key cannot be used */
export async function openStorage(
  config: Config,
  options: { readonly clock: Clock; readonly log: Log; readonly thread?: StoreThread | null | undefined },
): Promise<StoragePart> {
  const store = await openStore(config, options)
  try {
    const vault = await openVault(config, store)
    return { name: 'storage', store, vault, stop: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}
