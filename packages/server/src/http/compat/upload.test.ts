import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { docxParagraph, makeDocx, makePdf, makePng } from '../../../test/harness/documents.ts'
import { FORM_TYPE, formOf, headOf, type WirePart } from '../../../test/harness/multipart.ts'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'

const RESUME = '/api/v1/hr/parse_resume'
const MATCH = '/api/v1/hr/resume_job_match_score'
const INVOICE = '/api/v1/finance/parse_invoice'

const TXT = 'Ann Lee, ann@example.com'
const file = (body: string | Uint8Array = TXT, fileName = 'cv.txt'): WirePart => ({ name: 'file', body, fileName })

const http = useTestHttp()
let port: number
let pdf: Buffer
beforeAll(async () => {
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  port = (http.app.server.address() as AddressInfo).port
  pdf = await makePdf(['Ann Lee'])
})

/** Sends exactly these bytes as a form, over a socket. */
async function post(path: string, body: Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${http.key}`, 'content-type': FORM_TYPE, ...headers },
    body,
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  return { status: response.status, headers: response.headers, json: (await response.json()) as any }
}

/** All documents that are on disk, whatever they wait for. */
const documentsOnDisk = () => http.store.listDueDocuments({ now: Number.MAX_SAFE_INTEGER, limit: 1_000 })

async function inputOf(jobId: string) {
  return JSON.parse((await http.store.findJob(http.accountId, jobId))?.input ?? 'null')
}

async function bytesOf(ref: { document_id: string; size: number }): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for (let number = 0; ; number++) {
    const chunk = await http.store.readDocumentChunk({
      accountId: http.accountId,
      documentId: ref.document_id,
      number,
    })
    if (!chunk) return Buffer.concat(chunks)
    chunks.push(chunk)
  }
}

describe('an upload as clients send it', () => {
  test.each<[string, () => WirePart[]]>([
    [
      'Node: the file first, with its type, then the text',
      () => [
        { ...file(pdf, 'cv.pdf'), contentType: 'application/pdf' },
        { name: 'language', body: 'German' },
      ],
    ],
    [
      'Python: the text first, and the file without a type',
      () => [{ name: 'language', body: 'German' }, file(pdf, 'cv.pdf')],
    ],
    [
      'PHP: the length of each part',
      () => [
        { ...file(pdf, 'cv.pdf'), contentType: 'application/pdf', withLength: true },
        { name: 'language', body: 'German', withLength: true },
      ],
    ],
  ])('%s', async (_, parts) => {
    const { status, json, headers } = await post(RESUME, formOf(...parts()))
    expect(status).toBe(202)
    expect(json.status_url).toBe(`http://ringback.test:4400${RESUME}/job/status/${json.job_id}`)
    expect(headers.get('sharpapi-job-id')).toBe(json.job_id)
    const input = await inputOf(json.job_id)
    expect(input).toEqual({
      language: 'German',
      file: { document_id: expect.any(String), name: 'cv.pdf', kind: 'pdf', size: pdf.length },
    })
    expect(await bytesOf(input.file)).toEqual(pdf)
  })

  test('optional parts may be left out or be empty', async () => {
    const without = await post(MATCH, formOf(file(), { name: 'content', body: 'A painter' }))
    const empty = await post(
      MATCH,
      formOf(
        { name: 'language', body: '' },
        { name: 'context', body: '' },
        file(),
        { name: 'content', body: 'A painter' },
        { name: 'job_description', body: 'A painter' },
      ),
    )
    expect([without.status, empty.status]).toEqual([202, 202])
    expect(await inputOf(empty.json.job_id)).toMatchObject({ content: 'A painter', language: '', context: '' })
  })

  test('an invoice takes the file only, and more is ignored', async () => {
    const { status, json } = await post(
      INVOICE,
      formOf({ name: 'x', body: 'y' }, { name: 'file', fileName: 'scan.png', body: makePng(4, 4) }),
    )
    expect(status).toBe(202)
    expect(await http.store.findJob(http.accountId, json.job_id)).toMatchObject({ type: 'invoice_parse' })
    expect(await inputOf(json.job_id)).toEqual({ file: expect.objectContaining({ name: 'scan.png', kind: 'png' }) })
  })

  test('a file of several chunks comes back byte by byte', async () => {
    const text = Buffer.from(Array.from({ length: 700_000 }, (_, index) => 97 + (index % 26)))
    const { json } = await post(RESUME, formOf(file(text)))
    const { file: ref } = await inputOf(json.job_id)
    expect(
      createHash('sha256')
        .update(await bytesOf(ref))
        .digest('hex'),
    ).toBe(createHash('sha256').update(text).digest('hex'))
  })

  test('a file name is only ever a name', async () => {
    const { json } = await post(RESUME, formOf(file(TXT, '../../etc/passwd.txt')))
    expect((await inputOf(json.job_id)).file.name).toBe('passwd.txt')
    const long = await post(RESUME, formOf(file(TXT, `${'x'.repeat(252)}.txt`)))
    expect(long.status).toBe(422)
    expect(long.json.message).toContain('at most 255 characters')
    expect((await post(RESUME, formOf(file(TXT, `${'ż'.repeat(251)}.txt`)))).status).toBe(202)
  })
})

describe('an upload that is refused leaves nothing behind, and says why', () => {
  const big = Buffer.alloc(1024 * 1024 + 1, 'x')
  // Allowed, and far more than a socket gives at once.
  const long = Buffer.alloc(512 * 1024, 'x')
  test.each<[string, string, () => Uint8Array, number, string]>([
    ['no file', RESUME, () => formOf({ name: 'language', body: 'x' }), 422, 'file: is missing'],
    ['an empty file', RESUME, () => formOf(file('')), 422, 'file: is empty'],
    ['no file chosen', RESUME, () => formOf(file('', '')), 422, 'file: is missing'],
    ['the file as text', RESUME, () => formOf({ name: 'file', body: TXT }), 422, 'file: was sent as text'],
    ['another name', RESUME, () => formOf({ ...file(), name: 'resume' }), 422, 'resume: is no file of this job type'],
    ['two files', RESUME, () => formOf(file(), file()), 422, 'file: was sent more than once'],
    ['a second file that is still on its way', RESUME, () => formOf(file(), file(long)), 422, 'file: was sent more'],
    [
      'a text twice before a file that is still on its way',
      RESUME,
      () => formOf({ name: 'l', body: '' }, { name: 'l', body: '' }, file(long)),
      422,
      'l: was sent',
    ],
    [
      'a text twice',
      RESUME,
      () => formOf({ name: 'l', body: '' }, { name: 'l', body: '' }, file()),
      422,
      'l: was sent',
    ],
    [
      'a bad text after the file',
      RESUME,
      () => formOf(file(), { name: 'language', body: '<b>' }),
      422,
      'language: must',
    ],
    ['no job description', MATCH, () => formOf(file()), 422, 'content: is missing'],
    [
      'a context that is too long',
      MATCH,
      () => formOf(file(), { name: 'content', body: 'x' }, { name: 'context', body: 'x'.repeat(5_001) }),
      422,
      'context: must have at most 5000 characters',
    ],
    ['a PNG that is called PDF', RESUME, () => formOf(file(makePng(9, 9), 'cv.pdf')), 415, 'its bytes are PNG'],
    ['a program', RESUME, () => formOf(file('MZ\0', 'cv.exe')), 415, 'Accepted here: PDF, DOCX, DOC, TXT, RTF, JPEG'],
    [
      'a DOCX as invoice',
      INVOICE,
      () => formOf(file(makeDocx(docxParagraph('x')), 'i.docx')),
      415,
      'Accepted here: PDF, JPEG',
    ],
    ['a file that is too large', RESUME, () => formOf(file(big)), 413, 'RINGBACK_DOCUMENT_MEGABYTES'],
    ['too much text', RESUME, () => formOf(file(), { name: 'x', body: big }), 413, 'text parts'],
    [
      'too many parts',
      RESUME,
      () => formOf(...Array.from({ length: 101 }, (_, i) => ({ name: `${i}`, body: '' })), file()),
      400,
      'too many parts',
    ],
    ['a cut form', RESUME, () => formOf(file()).subarray(0, -40), 400, 'ends in the middle'],
    ['no form at all', RESUME, () => Buffer.from('hello'), 400, 'no multipart form'],
  ])('%s', async (_, path, body, status, message) => {
    const before = await documentsOnDisk()
    const answer = await post(path, body())
    expect([answer.status, answer.json.message]).toEqual([status, expect.stringContaining(message)])
    expect(answer.json.code).toEqual(expect.stringMatching(/^(request|document)\./))
    expect(await documentsOnDisk()).toEqual(before)
  })

  test('a form that announces more than it can have is refused before it is read', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST ${RESUME} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.key}\r\ncontent-type: ${FORM_TYPE}\r\ncontent-length: 9000000\r\n\r\n`,
    )
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  test('JSON, a form without a boundary, and a form where JSON is wanted', async () => {
    const json = await post(RESUME, Buffer.from('{}'), { 'content-type': 'application/json' })
    expect([json.status, json.json.message]).toEqual([415, expect.stringContaining('multipart/form-data')])
    const bare = await post(RESUME, formOf(file()), { 'content-type': 'multipart/form-data' })
    expect([bare.status, bare.json.message]).toEqual([400, expect.stringContaining('boundary')])
    const form = await post('/api/v1/content/detect_urls', formOf(file()))
    expect([form.status, form.json.message]).toEqual([415, expect.stringContaining('application/json')])
  })

  test('a wrong key and a wrong job webhook are told before the file is read', async () => {
    const before = await documentsOnDisk()
    const key = await post(RESUME, formOf(file()), { authorization: 'Bearer wrong-key-0123456789' })
    const webhook = await post(RESUME, formOf(file()), { 'job-webhook': 'http://127.0.0.1/' })
    expect([key.status, webhook.status]).toEqual([401, 422])
    expect(await documentsOnDisk()).toEqual(before)
  })
})

/** Begins an upload by hand: its head and the first so many bytes of a text file. */
async function beginUpload(bytes: number) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const head = headOf(file())
  socket.write(
    `POST ${RESUME} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.key}\r\ncontent-type: ${FORM_TYPE}\r\ncontent-length: 900000\r\n\r\n`,
  )
  socket.write(head)
  socket.write(Buffer.alloc(bytes, 'x'))
  return socket
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}

/** Moves time on until something has happened: what a client sent just before counts as progress. */
async function letTimePass(happened: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = happened.finally(() => {
    isOver = true
  })
  await until(async () => {
    http.clock.move(30_000)
    return isOver
  })
  await over
}

test('a client that goes away in the middle leaves nothing behind', async () => {
  const before = await documentsOnDisk()
  const socket = await beginUpload(600_000)
  await until(async () => (await documentsOnDisk()).length > before.length)
  socket.destroy()
  await until(async () => (await documentsOnDisk()).length === before.length)
})

test('an account that has a hundred uploads under way gets no more, and another one does', async () => {
  const sockets = await Promise.all(Array.from({ length: 101 }, () => beginUpload(1)))
  // Only one of them is answered now: the one that came last.
  const [answer] = await Promise.race(sockets.map((socket) => once(socket, 'data')))
  expect(String(answer)).toMatch(/^HTTP\/1\.1 429 /)
  const upload = (key = http.key) => post(RESUME, formOf(file()), { authorization: `Bearer ${key}` })
  const refused = await upload()
  expect(refused.json.code).toBe('request.rate_limited')
  expect(refused.headers.get('retry-after')).toBe('2')
  expect((await upload((await http.addAccount('another')).key)).status).toBe(202)
  for (const socket of sockets) socket.destroy()
  await until(async () => (await upload()).status === 202)
})

test('a client that stands still is answered 408 and disconnected, and leaves nothing behind', async () => {
  const before = await documentsOnDisk()
  const socket = await beginUpload(600_000)
  await until(async () => (await documentsOnDisk()).length > before.length)
  let answer = ''
  socket.on('data', (piece) => {
    answer += piece
  })
  const closed = once(socket, 'close')
  await letTimePass(closed)
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(answer).toContain('request.timeout')
  await until(async () => (await documentsOnDisk()).length === before.length)
})

test('a JSON body that drips is ended after 30 seconds', async () => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(
    `POST /api/v1/content/detect_urls HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${http.key}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"content":`,
  )
  const closed = once(socket, 'close')
  await letTimePass(closed)
})

test('the description of the API shows the form', async () => {
  const { json } = await http.call('GET', '/openapi.json')
  const { content } = json.paths[RESUME].post.requestBody
  expect(Object.keys(content)).toEqual(['multipart/form-data'])
  expect(content['multipart/form-data'].schema).toMatchObject({
    properties: { file: { type: 'string', format: 'binary' }, language: expect.anything() },
    required: ['file'],
  })
})
