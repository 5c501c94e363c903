import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StandingClock } from '../../test/harness/standing-clock.ts'
import { endOf, openTestStore } from '../../test/harness/test-store.ts'
import { newId } from '../lib/ids.ts'
import { silentLog } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { createDocumentSweeper, ORPHAN_AFTER_MS } from './document-sweeper.ts'

const RETENTION_MS = 24 * 3_600_000

let clock: StandingClock
let store: Store
let accountId: string
let processId: string

beforeEach(async () => {
  ;({ clock, store, accountId, processId } = await openTestStore())
})
afterEach(() => store.close())

/** A document as an upload leaves it, with so many chunks. */
async function upload(jobId: string, chunks = 1): Promise<string> {
  const id = newId()
  const createdAt = clock.now()
  await store.insertDocument({ id, accountId, jobId, createdAt, sweepAt: createdAt + ORPHAN_AFTER_MS })
  for (let number = 0; number < chunks; number++) {
    await store.insertDocumentChunk({ documentId: id, number, bytes: new Uint8Array(10) })
  }
  return id
}

async function insertJob(): Promise<string> {
  const id = newId()
  const job = { accountId, type: 'test', input: '{}', jobWebhookUrl: null, createdAt: clock.now() }
  await store.insertJob({ id, ...job, leasedBy: processId })
  return id
}

async function finishJob(id: string): Promise<void> {
  await store.finishJob(endOf({ id, leasedBy: processId, finishedAt: clock.now() }))
}

/** Sweeps once, as the sweeper does at its start. */
async function sweep(): Promise<void> {
  const sweeper = createDocumentSweeper({ store, retentionMs: RETENTION_MS, clock, log: silentLog })
  sweeper.start()
  await sweeper.swept()
  await sweeper.stop()
}

async function idsLeft(): Promise<string[]> {
  const documents = await store.listDueDocuments({ now: Number.MAX_SAFE_INTEGER, limit: 1_000 })
  return documents.map(({ id }) => id).sort()
}

test('a document whose job never came goes after an hour, and not before', async () => {
  const id = await upload(newId())
  clock.move(ORPHAN_AFTER_MS - 1)
  await sweep()
  expect(await idsLeft()).toEqual([id])
  clock.move(1)
  await sweep()
  expect(await idsLeft()).toEqual([])
})

test('a document stays as long as its job has not ended, and a retention longer', async () => {
  const jobId = await insertJob()
  const id = await upload(jobId)
  clock.move(30 * 24 * 3_600_000)
  await sweep()
  expect(await idsLeft()).toEqual([id])
  await finishJob(jobId)
  clock.move(RETENTION_MS - 1)
  await sweep()
  expect(await idsLeft()).toEqual([id])
  clock.move(1)
  await sweep()
  expect(await idsLeft()).toEqual([])
})

test('more documents than one look finds, and more chunks than one call deletes, all go', async () => {
  await Promise.all(Array.from({ length: 120 }, () => upload(newId())))
  await upload(newId(), 200)
  const kept = await upload(await insertJob())
  clock.move(ORPHAN_AFTER_MS)
  await sweep()
  expect(await idsLeft()).toEqual([kept])
})

test('it looks again every minute', async () => {
  const sweeper = createDocumentSweeper({ store, retentionMs: RETENTION_MS, clock, log: silentLog })
  sweeper.start()
  await sweeper.swept()
  await upload(newId())
  // The look that this calls is an hour early; the next one is not.
  clock.move(ORPHAN_AFTER_MS)
  await sweeper.swept()
  clock.move(60_000)
  await sweeper.swept()
  expect(await idsLeft()).toEqual([])
  await sweeper.stop()
})
