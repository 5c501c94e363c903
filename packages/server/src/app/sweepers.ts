import { createDocumentSweeper } from '../jobs/document-sweeper.ts'
import { createKeyForgetter } from '../jobs/key-forgetter.ts'
import { createRetentionSweeper } from '../jobs/retention-sweeper.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'

/** What deletes, now and then, what nobody needs any more: one part each. */
export function createSweepers({ config, clock, log, store, metrics }: Ground): Part[] {
  const { documentRetentionMs, retentionMs, payloadRetentionMs } = config
  const documents = createDocumentSweeper({ store, retentionMs: documentRetentionMs, clock, log })
  const keys = createKeyForgetter({ store, clock, log })
  const retention = createRetentionSweeper({
    store,
    retentionMs,
    payloadRetentionMs,
    clock,
    log,
    onRemoved: metrics.countRemoved,
  })
  return [
    ...(config.roles.has('runner') ? [{ name: 'documents', start: documents.start, stop: documents.stop }] : []),
    { name: 'idempotency keys', start: keys.start, stop: keys.stop },
    { name: 'retention', start: retention.start, stop: retention.stop },
  ]
}
