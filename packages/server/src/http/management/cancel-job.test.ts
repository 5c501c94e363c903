import { describe, expect, test } from 'vitest'
import { useTestHttp } from '../../../test/harness/use-test-http.ts'
import { newId } from '../../lib/ids.ts'

const http = useTestHttp()

async function dispatch(): Promise<string> {
  return (await http.call('POST', '/api/v1/content/detect_emails', { body: { content: 'x' } })).json.job_id
}

const cancel = (jobId: string, headers = {}) => http.call('POST', `/api/v1/jobs/${jobId}/cancel`, { headers })

describe('POST /api/v1/jobs/<id>/cancel', () => {
  test('a job that waits has ended when the answer comes', async () => {
    const id = await dispatch()
    const answer = await cancel(id)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ id, status: 'failed', message: 'The job was cancelled.' })
    expect(await http.store.findJob(http.accountId, id)).toMatchObject({
      status: 'failed',
      error: { code: 'job.cancelled', message: 'The job was cancelled' },
    })
  })

  test('a job that runs is told to stop; asking again changes nothing', async () => {
    const id = await dispatch()
    await http.startJobs()
    for (let count = 0; count < 2; count++) {
      const answer = await cancel(id)
      expect(answer.status).toBe(202)
      expect(answer.json).toMatchObject({ id, status: 'pending' })
    }
    expect(await http.store.findJob(http.accountId, id)).toMatchObject({ status: 'pending' })
  })

  test('a job that has ended keeps its end', async () => {
    const id = await dispatch()
    await http.finishJob(id, { status: 'success', result: '[]' })
    const answer = await cancel(id)
    expect(answer.status).toBe(409)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json).toMatchObject({ code: 'job.ended', status: 409 })
    expect(await http.store.findJob(http.accountId, id)).toMatchObject({ status: 'success', result: '[]' })
  })

  test('an unknown job, another account’s and what is no id are not found, and nothing happens', async () => {
    const { key } = await http.addAccount('stranger')
    const id = await dispatch()
    for (const answer of [
      await cancel(newId()),
      await cancel('no-id'),
      await cancel(id, { authorization: `Bearer ${key}` }),
    ]) {
      expect(answer.status).toBe(404)
      expect(answer.json.code).toBe('job.not_found')
    }
    expect(await http.store.findJob(http.accountId, id)).toMatchObject({ status: 'new' })
  })

  test('needs a key', async () => {
    expect((await cancel(await dispatch(), { authorization: undefined })).status).toBe(401)
  })
})
