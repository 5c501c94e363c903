import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

const CHUNK_BYTES = 256 * 1024

export function describeDocuments(open: OpenStore): void {
  const world = useWorld(open)

  /** A document with so many chunks, each filled with its number. */
  async function document(accountId: string, change: { jobId?: string; sweepAt?: number; chunks?: number } = {}) {
    const { jobId = newId(), sweepAt = NOON, chunks = 1 } = change
    const id = newId()
    await world.store.insertDocument({ id, accountId, jobId, createdAt: NOON, sweepAt })
    for (let number = 0; number < chunks; number++) {
      await world.store.insertDocumentChunk({
        documentId: id,
        number,
        bytes: new Uint8Array(CHUNK_BYTES).fill(number),
      })
    }
    return id
  }

  /** Only what these tests wrote: the store is shared by those of this file. */
  const due = async (now: number, ids: string[]) =>
    (await world.store.listDueDocuments({ now, limit: 1_000 })).filter(({ id }) => ids.includes(id))

  test('chunks come back byte by byte, to their account only', async () => {
    const [account, other] = await Promise.all([world.account(), world.account()])
    const id = await document(account.id, { chunks: 0 })
    const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256)
    await world.store.insertDocumentChunk({ documentId: id, number: 0, bytes })
    await world.store.insertDocumentChunk({ documentId: id, number: 1, bytes: bytes.slice(0, 1) })
    const read = (accountId: string, number: number) =>
      world.store.readDocumentChunk({ accountId, documentId: id, number })
    expect(Buffer.from((await read(account.id, 0)) ?? [])).toEqual(Buffer.from(bytes))
    expect(Buffer.from((await read(account.id, 1)) ?? [])).toEqual(Buffer.from([0]))
    expect(await read(account.id, 2)).toBeNull()
    expect(await read(other.id, 0)).toBeNull()
  })

  test('a chunk is written once, and never to a document that is not there', async () => {
    const account = await world.account()
    const documentId = await document(account.id)
    const bytes = new Uint8Array(1)
    await expect(world.store.insertDocumentChunk({ documentId, number: 0, bytes })).rejects.toThrow()
    await expect(world.store.insertDocumentChunk({ documentId: newId(), number: 0, bytes })).rejects.toThrow()
    await expect(
      world.store.insertDocument({ id: newId(), accountId: newId(), jobId: newId(), createdAt: 1, sweepAt: 1 }),
    ).rejects.toThrow()
  })

  test('what is due says whether its job was written, waits, or has ended', async () => {
    const account = await world.account()
    const processId = await world.process()
    const ended = await world.endedJob(account.id, processId, { finishedAt: NOON + 7 })
    const waiting = await world.job(account.id)
    const orphan = await document(account.id, { sweepAt: NOON + 1 })
    const needed = await document(account.id, { sweepAt: NOON + 2, jobId: waiting })
    const done = await document(account.id, { sweepAt: NOON + 3, jobId: ended.id })
    const ids = [orphan, needed, done]
    expect(await due(NOON, ids)).toEqual([])
    expect(await due(NOON + 3, ids)).toEqual([
      { id: orphan, hasJob: false, jobFinishedAt: null },
      { id: needed, hasJob: true, jobFinishedAt: null },
      { id: done, hasJob: true, jobFinishedAt: NOON + 7 },
    ])
    await world.store.keepDocument(orphan, NOON + 9)
    expect((await due(NOON + 8, ids)).map(({ id }) => id)).toEqual([needed, done])
  })

  test('a document is deleted in steps, and others stay', async () => {
    const account = await world.account()
    const documentId = await document(account.id, { chunks: 5 })
    const other = await document(account.id, { chunks: 2 })
    const read = (id: string, number: number) =>
      world.store.readDocumentChunk({ accountId: account.id, documentId: id, number })
    expect(await world.store.deleteDocument(documentId, 2)).toBe(false)
    expect(await read(documentId, 3)).toBeNull()
    expect(await read(documentId, 2)).not.toBeNull()
    expect(await world.store.deleteDocument(documentId, 2)).toBe(false)
    expect(await world.store.deleteDocument(documentId, 2)).toBe(true)
    expect(await due(NOON, [documentId])).toEqual([])
    expect(await world.store.deleteDocument(documentId, 2)).toBe(true)
    expect(await read(other, 1)).not.toBeNull()
  })
}
