import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { makePdf, makePng } from '../../../test/harness/documents.ts'
import { FORM_TYPE, formOf, type WirePart } from '../../../test/harness/multipart.ts'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const CUSTOM = '/api/v1/custom/check-cv'
const TYPE = 'custom_check_cv'

const WORKFLOW = {
  slug: 'check-cv',
  name: 'Check',
  instructions: 'Check the résumé.',
  run_by: 'worker',
  input_mode: 'multipart/form-data',
  parameters: [
    { key: 'question', type: 'form_data_text', required: true },
    { key: 'tone', type: 'form_data_text', default_value: 'dry' },
    { key: 'cv', type: 'form_data_file', required: true },
    { key: 'photo', type: 'form_data_file' },
  ],
  output_schema: { answer: 'string' },
}

const QUESTION: WirePart = { name: 'question', body: 'Is it good?' }
const CV: WirePart = { name: 'cv', body: 'Ann Lee', fileName: 'cv.txt' }

const http = useTestHttp()
let port: number
beforeAll(async () => {
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  port = (http.app.server.address() as AddressInfo).port
  await create({})
})

async function create(change: object): Promise<void> {
  const { status, text } = await http.call('POST', '/api/v1/workflows', { body: { ...WORKFLOW, ...change } })
  expect(status, text).toBe(201)
}

async function post(body: Uint8Array<ArrayBuffer> | string, { path = CUSTOM, headers = {} } = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${http.key}`, 'content-type': FORM_TYPE, ...headers },
    body,
  })
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  return { status: response.status, headers: response.headers, json: (await response.json()) as any }
}

const send = (...parts: WirePart[]) => post(formOf(...parts) as Uint8Array<ArrayBuffer>)

const documentsOnDisk = () => http.store.listDueDocuments({ now: Number.MAX_SAFE_INTEGER, limit: 1_000 })

async function inputOf(jobId: string) {
  return JSON.parse((await http.store.findJob(http.accountId, jobId))?.input ?? 'null')
}

const lease = async () => (await http.call('POST', '/api/v1/worker/lease', { body: { types: [TYPE], limit: 50 } })).json

describe('POST /api/v1/custom/<slug> with a form', () => {
  test('is answered like every dispatch; files are under the names of their parameters', async () => {
    const pdf = await makePdf(['Ann Lee'])
    const cv = { name: 'cv', body: pdf, fileName: 'cv.pdf', contentType: 'application/pdf', withLength: true }
    const { status, json, headers } = await send(QUESTION, cv, {
      name: 'photo',
      body: makePng(4, 4),
      fileName: 'a.png',
    })
    expect(status).toBe(202)
    expect(json.status_url).toBe(`http://ringback.test:4400${CUSTOM}/job/status/${json.job_id}`)
    expect(headers.get('sharpapi-job-id')).toBe(json.job_id)
    expect(await inputOf(json.job_id)).toEqual({
      workflow_version: expect.any(String),
      parameters: { question: 'Is it good?', tone: 'dry' },
      documents: {
        cv: { document_id: expect.any(String), name: 'cv.pdf', kind: 'pdf', size: pdf.length },
        photo: { document_id: expect.any(String), name: 'a.png', kind: 'png', size: expect.any(Number) },
      },
    })
  })

  test.each<[string, () => WirePart[], number, Record<string, string[]> | string]>([
    [
      'nothing that is required',
      () => [{ name: 'question', body: '' }],
      422,
      { question: ['is missing; it must be text'], cv: ['is missing; send it as a file'] },
    ],
    [
      'no file chosen',
      () => [QUESTION, { ...CV, body: '', fileName: '' }],
      422,
      { cv: ['is missing; send it as a file'] },
    ],
    ['an empty file', () => [QUESTION, { ...CV, body: '' }], 422, { cv: ['is empty; send the bytes of the file'] }],
    [
      'a file as text',
      () => [QUESTION, { name: 'cv', body: 'Ann' }],
      422,
      { cv: ['was sent as text; send it as a file, with a file name'] },
    ],
    [
      'a file that is no parameter',
      () => [QUESTION, CV, { ...CV, name: 'other' }],
      422,
      { other: ['is no file of this job type; it takes "cv", "photo"'] },
    ],
    [
      'a text as file',
      () => [{ ...CV, name: 'question' }, CV],
      422,
      {
        question: ['is no file of this job type; it takes "cv", "photo"'],
      },
    ],
    [
      'a PNG that is called PDF',
      () => [QUESTION, { ...CV, body: makePng(2, 2), fileName: 'cv.pdf' }],
      415,
      'its bytes are PNG',
    ],
    ['a program', () => [QUESTION, { ...CV, body: 'MZ\0', fileName: 'cv.exe' }], 415, 'Accepted here: PDF, DOCX'],
    [
      'a file over the limit',
      () => [QUESTION, { ...CV, body: Buffer.alloc(1024 * 1024 + 1, 'x') }],
      413,
      'RINGBACK_DOCUMENT_MEGABYTES',
    ],
  ])('%s is refused by field, and nothing of it is left', async (_what, parts, status, problem) => {
    const before = await documentsOnDisk()
    const answer = await send(...parts())
    expect(answer.status).toBe(status)
    if (typeof problem === 'string') expect(answer.json.message).toContain(problem)
    else expect(answer.json.errors).toEqual(problem)
    expect(await documentsOnDisk()).toEqual(before)
  })

  test('parts that are no parameters make no difference, empty optional ones are left out', async () => {
    const { status, json } = await send(CV, { name: 'tone', body: '' }, QUESTION, { name: 'x', body: 'y' })
    expect(status).toBe(202)
    expect((await inputOf(json.job_id)).parameters).toEqual({ question: 'Is it good?', tone: 'dry' })
  })

  test('without files it may come as JSON, as clients send it', async () => {
    await create({ slug: 'no-files', parameters: [{ key: 'tags', type: 'form_data_text' }] })
    const path = '/api/v1/custom/no-files'
    const headers = { 'content-type': 'application/json' }
    const { json } = await post('{"tags": ["a", "b"]}', { path, headers })
    expect((await inputOf(json.job_id)).parameters).toEqual({ tags: '["a","b"]' })
    expect((await post('[]', { path, headers })).status).toBe(202)
    const refused = await post('{"question": "x"}', { headers })
    expect(refused.json.errors).toEqual({ cv: ['is missing; send it as a file'] })
  })

  test('an unknown workflow, one that is switched off, a wrong key and a wrong webhook are told before a file is read', async () => {
    await create({ slug: 'off', is_active: false })
    const before = await documentsOnDisk()
    const form = formOf(QUESTION, CV) as Uint8Array<ArrayBuffer>
    const answers = [
      await post(form, { path: '/api/v1/custom/nothing' }),
      await post(form, { path: '/api/v1/custom/off' }),
      await post(form, { headers: { authorization: 'Bearer wrong-key-0123456789' } }),
      await post(form, { headers: { 'job-webhook': 'http://127.0.0.1/' } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 409, 401, 422])
    expect(await documentsOnDisk()).toEqual(before)
  })

  test('a workflow that takes JSON says so to a form, and other types of bodies are refused', async () => {
    await create({ slug: 'json', input_mode: 'application/json', parameters: [] })
    const form = formOf(QUESTION) as Uint8Array<ArrayBuffer>
    const refused = await post(form, { path: '/api/v1/custom/json' })
    expect([refused.status, refused.json.message]).toEqual([415, expect.stringContaining('application/json')])
    const xml = await post('<a/>', { headers: { 'content-type': 'text/xml' } })
    expect([xml.status, xml.json.message]).toEqual([415, expect.stringMatching(/application\/json.*multipart/)])
  })

  test('sent again with its Idempotency-Key it makes no second job and keeps no second file; another file is 422', async () => {
    const headers = { 'idempotency-key': 'form-1' }
    const form = (body: string) => formOf(QUESTION, { ...CV, body }) as Uint8Array<ArrayBuffer>
    const first = await post(form('Ann'), { headers })
    const before = await documentsOnDisk()
    const again = await post(form('Ann'), { headers })
    expect([again.status, again.json]).toEqual([202, first.json])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const other = await post(form('Bob'), { headers })
    expect([other.status, other.json.code]).toEqual([422, 'request.idempotency_key_reused'])
    await expect.poll(documentsOnDisk).toHaveLength(before.length + 1)
  })

  test('ten at once with one Idempotency-Key make one job and leave one file', async () => {
    const before = await documentsOnDisk()
    const form = formOf(QUESTION, CV) as Uint8Array<ArrayBuffer>
    const send = () => post(form, { headers: { 'idempotency-key': 'form-2' } })
    const answers = await Promise.all(Array.from({ length: 10 }, send))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202))
    const jobIds = new Set(answers.map(({ json }) => json.job_id))
    expect(jobIds.size).toBe(1)
    const { documents } = await inputOf([...jobIds][0])
    await expect.poll(documentsOnDisk).toHaveLength(before.length + 1)
    expect((await documentsOnDisk()).map(({ id }) => id)).toContain(documents.cv.document_id)
  })

  test('the description of the API shows both ways to send it', async () => {
    const { json } = await http.call('GET', '/openapi.json')
    const { content } = json.paths['/api/v1/custom/{slug}'].post.requestBody
    expect(Object.keys(content)).toEqual(['application/json', 'multipart/form-data'])
  })
})

describe('GET /api/v1/worker/jobs/<id>/documents/<parameter>', () => {
  const get = (url: string, headers?: Record<string, string>) =>
    http.app.inject({
      url: new URL(url).pathname + new URL(url).search,
      headers: { authorization: `Bearer ${http.key}`, ...headers },
    })

  async function leasedWith(bytes: string): Promise<{ jobId: string; leaseId: string; url: string; cv: unknown }> {
    await lease()
    const { json } = await send(QUESTION, { ...CV, body: bytes })
    const { lease_id: leaseId, jobs } = await lease()
    expect(jobs).toMatchObject([{ id: json.job_id, parameters: { question: 'Is it good?', tone: 'dry' } }])
    return { jobId: json.job_id, leaseId, url: jobs[0].documents.cv.url, cv: jobs[0].documents.cv }
  }

  test('gives the bytes of a file of a leased job, as nothing that a browser would show', async () => {
    const bytes = 'Ann Lee, painter. '.repeat(30_000)
    const { jobId, leaseId, url, cv } = await leasedWith(bytes)
    expect(cv).toEqual({ name: 'cv.txt', kind: 'txt', size: bytes.length, url })
    expect(url).toBe(`http://ringback.test:4400/api/v1/worker/jobs/${jobId}/documents/cv?lease_id=${leaseId}`)
    const { statusCode, headers, body } = await get(url)
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': `${bytes.length}`,
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    })
    expect(body).toBe(bytes)
  })

  test('is 404 for every other lease, job, parameter and account, and when the lease has ended', async () => {
    const { url, leaseId, jobId } = await leasedWith('Ann')
    const { key } = await http.addAccount('other')
    const tries = [
      await get(url.replace(leaseId, newId())),
      await get(url.replace(jobId, newId())),
      await get(url.replace('/cv?', '/photo?')),
      await get(url.replace('/cv?', '/question?')),
      await get(url.replace('/cv?', '/__proto__?')),
      await get(url, { authorization: `Bearer ${key}` }),
    ]
    for (const { statusCode, body } of tries) {
      expect([statusCode, JSON.parse(body).code]).toEqual([404, 'document.not_found'])
    }
    expect((await get(url.replace(/\?.*/, ''))).statusCode).toBe(422)
    expect((await get(url, { authorization: 'Bearer x' })).statusCode).toBe(401)
    const body = { lease_id: leaseId, result: { answer: 'Yes' } }
    expect((await http.call('POST', `/api/v1/worker/jobs/${jobId}/complete`, { body })).status).toBe(200)
    expect((await get(url)).statusCode).toBe(404)
  })

  test('is 404 when the job was cancelled', async () => {
    const { url, jobId } = await leasedWith('Ann')
    expect((await http.call('POST', `/api/v1/jobs/${jobId}/cancel`)).status).toBe(200)
    expect((await get(url)).statusCode).toBe(404)
  })

  test('a JSON parameter that looks like a file is no file', async () => {
    await create({
      slug: 'sly',
      input_mode: 'application/json',
      parameters: [{ key: 'cv', type: 'json_object' }],
    })
    const { json } = await send(QUESTION, CV)
    const { documents } = await inputOf(json.job_id)
    const sly = await http.call('POST', '/api/v1/custom/sly', { body: { cv: documents.cv } })
    const body = { types: ['custom_sly'] }
    const { json: leased } = await http.call('POST', '/api/v1/worker/lease', { body })
    expect(leased.jobs).toMatchObject([{ id: sly.json.job_id, documents: {} }])
    const url = `http://x/api/v1/worker/jobs/${sly.json.job_id}/documents/cv?lease_id=${leased.lease_id}`
    expect((await get(url)).statusCode).toBe(404)
  })
})
