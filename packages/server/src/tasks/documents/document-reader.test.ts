import { inflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  deflatedSpaces,
  docxParagraph,
  makeDocx,
  makePdf,
  makePdfBomb,
  makePng,
  makeScannedPdf,
  makeTiff,
} from '../../../test/harness/documents.ts'
import { createStandingClock } from '../../../test/harness/standing-clock.ts'
import { systemClock } from '../../lib/clock.ts'
import { createDocumentReader, type DocumentReader } from './document-reader.ts'
import type { DocumentRef } from './document-ref.ts'
import type { DocumentKind } from './kinds.ts'

const ACCOUNT = 'account'
const CHUNK_BYTES = 1_000

let files: Map<string, Uint8Array>
let reader: DocumentReader

const source = {
  async readDocumentChunk({
    accountId,
    documentId,
    number,
  }: Record<'accountId' | 'documentId', string> & { number: number }) {
    const chunk = files.get(documentId)?.slice(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES)
    return accountId === ACCOUNT && chunk && chunk.length > 0 ? chunk : null
  },
}

beforeEach(() => {
  files = new Map()
  reader = createDocumentReader({ source, clock: systemClock })
})
afterEach(() => reader.close())

function stored(kind: DocumentKind, bytes: Uint8Array): DocumentRef {
  files.set('document', bytes)
  return { document_id: 'document', name: 'x', kind, size: bytes.length }
}

const open = (signal = new AbortController().signal, accountId = ACCOUNT) => reader.open(accountId, signal)

test('a document is put together from its chunks and read in a thread', async () => {
  const document = await open().read(stored('pdf', await makePdf(['Ann Lee', 'Page two'])))
  expect(document).toEqual({ pages: ['Ann Lee', 'Page two'], pictures: null })
})

test('a document of another account, one that was deleted, and one that is shorter than its job says are gone', async () => {
  const ref = stored('txt', Buffer.from('x'.repeat(1_500)))
  await expect(open(undefined, 'other').read(ref)).rejects.toMatchObject({ code: 'document.gone' })
  await expect(open().read({ ...ref, size: 1_501 })).rejects.toMatchObject({ code: 'document.gone' })
  await expect(open().read({ ...ref, size: 1_499 })).rejects.toMatchObject({ code: 'document.gone' })
  files.clear()
  await expect(open().read(ref)).rejects.toMatchObject({ code: 'document.gone' })
})

describe('several documents of one job', () => {
  function storedAs(id: string, kind: DocumentKind, bytes: Uint8Array): DocumentRef {
    files.set(id, bytes)
    return { document_id: id, name: id, kind, size: bytes.length }
  }

  test('have their texts in order, and in the same order the pictures of those that have none', async () => {
    const refs = [
      storedAs('scan', 'tiff', makeTiff(4, 4)),
      storedAs('letter', 'txt', Buffer.from('Dear Ann')),
      storedAs('photo', 'png', makePng(4, 4)),
    ]
    const { texts, pictures } = await open().readAll(refs)
    expect(texts).toEqual([[], ['Dear Ann'], []])
    const shown = (await pictures?.load({ pdf: true })) ?? []
    expect(shown.map(({ mediaType }) => mediaType)).toEqual(['image/png', 'image/png'])
    expect(Buffer.from(shown[1]?.bytes ?? [])).toEqual(Buffer.from(files.get('photo') ?? []))
  })

  test('are all text: there is nothing to show', async () => {
    const refs = ['a', 'b'].map((id) => storedAs(id, 'txt', Buffer.from(id)))
    expect(await open().readAll(refs)).toEqual({ texts: [['a'], ['b']], pictures: null })
    expect(await open().readAll([])).toEqual({ texts: [], pictures: null })
  })

  test('together have the limits of one, of text and of pictures', async () => {
    const half = Buffer.from('x'.repeat(300_000))
    const texts = ['a', 'b'].map((id) => storedAs(id, 'txt', half))
    await expect(open().readAll(texts)).rejects.toMatchObject({ code: 'document.too_large' })
    const photos = ['c', 'd'].map((id) => ({ ...storedAs(id, 'png', makePng(4, 4)), size: 11 * 1024 * 1024 }))
    const { pictures } = await open().readAll(photos)
    await expect(pictures?.load({ pdf: true })).rejects.toMatchObject({ code: 'document.too_large' })
  })
})

describe('pictures', () => {
  test('a scanned PDF goes as it is, or as the pictures of its pages', async () => {
    const scan = await makeScannedPdf(2)
    const { pages, pictures } = await open().read(stored('pdf', scan))
    expect([pages, pictures?.needed]).toEqual([['', ''], true])
    const asPdf = await pictures?.load({ pdf: true })
    expect(asPdf?.map(({ mediaType }) => mediaType)).toEqual(['application/pdf'])
    expect(Buffer.from(asPdf?.[0]?.bytes ?? [])).toEqual(scan)
    const asPictures = await pictures?.load({ pdf: false })
    expect(asPictures?.map(({ mediaType }) => mediaType)).toEqual(['image/png', 'image/png'])
  })

  test('one that is larger than models take is refused before it is loaded', async () => {
    const ref = { ...stored('png', new Uint8Array(1)), size: 21 * 1024 * 1024 }
    const { pictures } = await open().read(ref)
    await expect(pictures?.load({ pdf: true })).rejects.toMatchObject({ code: 'document.too_large' })
  })
})

describe('a hostile document', () => {
  test('is what it seems: its content unpacks to so many spaces, with the right checksum', () => {
    expect(inflateSync(deflatedSpaces(5)).equals(Buffer.alloc(5 * 1024 * 1024, ' '))).toBe(true)
  })

  test('that unpacks without end loses its thread, and the next one is read', async () => {
    // 3 GB of spaces in 3 MB.
    const bomb = stored('pdf', makePdfBomb(3_000))
    await expect(open().read(bomb)).rejects.toMatchObject({
      code: 'document.too_large',
      message: expect.stringContaining('unpacks'),
    })
    expect(await open().read(stored('txt', Buffer.from('fine')))).toMatchObject({ pages: ['fine'] })
  })

  test('whose text needs more heap than a thread has is too large', async () => {
    const cells = '<w:p/>'.repeat(4_500_000)
    await expect(open().read(stored('docx', makeDocx(cells + docxParagraph('x'))))).rejects.toMatchObject({
      code: 'document.too_large',
    })
  })

  test('that makes an array of four billion numbers from 64 bytes loses its thread, and not the process', async () => {
    const tiff = Buffer.alloc(64)
    tiff.write('II')
    tiff.writeUInt16LE(42, 2)
    tiff.writeUInt32LE(8, 4)
    // One directory with one entry: a width (256) of 2^32 - 1 short integers (3).
    for (const [at, value] of [1, 256, 3].entries()) tiff.writeUInt16LE(value, 8 + 2 * at)
    tiff.writeUInt32LE(2 ** 32 - 1, 14)
    const { pictures } = await open().read(stored('tiff', tiff))
    await expect(pictures?.load({ pdf: false })).rejects.toMatchObject({
      code: 'document.too_large',
      message: expect.stringContaining('unpacks'),
    })
    expect(await open().read(stored('txt', Buffer.from('fine')))).toMatchObject({ pages: ['fine'] })
  })

  test('that takes too long is given up', async () => {
    const clock = createStandingClock()
    await using _ = { [Symbol.asyncDispose]: () => reader.close() }
    reader = createDocumentReader({
      source,
      clock,
      pool: { workerFile: new URL('../../../test/fixtures/endless-worker.ts', import.meta.url) },
    })
    const reading = open().read(stored('txt', Buffer.from('x')))
    const refused = expect(reading).rejects.toMatchObject({
      code: 'document.too_large',
      message: expect.stringContaining('60 s'),
    })
    let ended = false
    void refused.finally(() => {
      ended = true
    })
    while (!ended) {
      clock.move(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await refused
  })

  test('whose job is cancelled is given up at once', async () => {
    const cancel = new AbortController()
    const reading = open(cancel.signal).read(stored('pdf', makePdfBomb(400)))
    cancel.abort(new Error('cancelled'))
    await expect(reading).rejects.toThrow('cancelled')
  })
})
