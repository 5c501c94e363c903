import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FORM_TYPE, formOf } from './harness/multipart.ts'
import { describeEngines } from './harness/ringback.ts'
import { until } from './harness/until.ts'
import { useRingback } from './harness/use-ringback.ts'

// The example of docs/workers.md, as it stands there.

const FOLDER = fileURLToPath(new URL('../../../examples/worker-python/', import.meta.url))

const WORKFLOW = {
  slug: 'word-count',
  name: 'Word count',
  run_by: 'worker',
  parameters: [{ key: 'text', type: 'json_string', required: true }],
  output_schema: { words: 'integer', longest: 'string' },
}

describeEngines('the worker in Python', (createDatabase) => {
  const ringback = useRingback(createDatabase)
  const workers: ChildProcess[] = []

  beforeEach(async (context) => {
    expect((await ringback.call('POST', '/api/v1/workflows', WORKFLOW)).status).toBe(201)
    if (spawnSync('python3', ['--version']).status === 0) return
    const reason = 'skipped: there is no python3 on the PATH'
    // The reporter counts skipped tests but prints no reason.
    console.warn(reason)
    context.skip(reason)
  })
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL')
  })

  /** Runs Python in the folder of the example; the arguments that follow are those of the worker. */
  function python(...args: string[]): ChildProcess {
    const worker = spawn('python3', [...args, ringback.app.origin, 'custom_word_count'], {
      cwd: FOLDER,
      env: { PATH: process.env.PATH, RINGBACK_API_KEY: ringback.key, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: 'inherit',
    })
    workers.push(worker)
    return worker
  }

  async function dispatch(text: string): Promise<string> {
    return (await ringback.call('POST', '/api/v1/custom/word-count', { text })).json.job_id
  }

  async function attributesOf(jobId: string) {
    return (await ringback.call('GET', `/api/v1/custom/word-count/job/status/${jobId}`)).json.data.attributes
  }

  const ended = (jobId: string) =>
    until('the job has ended', async () => {
      const attributes = await attributesOf(jobId)
      return attributes.status === 'success' || attributes.status === 'failed' ? attributes : null
    })

  test('does the jobs of its workflow, and says which cannot be done', async () => {
    python('worker.py')
    const [good, empty] = [await dispatch('to be or not to be'), await dispatch(' ')]
    expect(await ended(good)).toMatchObject({ status: 'success', result: { words: 6, longest: 'not' } })
    expect(await ended(empty)).toMatchObject({
      status: 'failed',
      error: { code: 'worker.bad_input', message: 'the text has no words' },
    })
  })

  test('reads the file of a workflow that takes one', async () => {
    await ringback.call('PATCH', '/api/v1/workflows/word-count', {
      input_mode: 'multipart/form-data',
      parameters: [{ key: 'text', type: 'form_data_file', required: true }],
    })
    python('worker.py')
    const response = await fetch(new URL('/api/v1/custom/word-count', ringback.app.origin), {
      method: 'POST',
      headers: { authorization: `Bearer ${ringback.key}`, 'content-type': FORM_TYPE },
      body: new Uint8Array(formOf({ name: 'text', body: 'ein schöner Tag', fileName: 'a.txt' })),
    })
    const { job_id } = JSON.parse(await response.text())
    expect(await ended(job_id)).toMatchObject({ status: 'success', result: { words: 3, longest: 'schöner' } })
  })

  test('that is killed loses nothing: another one does its job', async () => {
    const endless =
      'import runpy, time; w = runpy.run_path("worker.py"); lease = w["call"]("lease", {"types": ["custom_word_count"], "wait_seconds": 20})[1]; time.sleep(3600)'
    const victim = python('-c', endless)
    const jobId = await dispatch('one two')
    await until('the job is leased', async () => ((await attributesOf(jobId)).status === 'pending' ? true : null))
    const exited = new Promise((resolve) => victim.once('exit', resolve))
    victim.kill('SIGKILL')
    await exited
    python('worker.py')
    ringback.clock.move(61_000)
    expect(await ended(jobId)).toMatchObject({ status: 'success', result: { words: 2, longest: 'one' } })
    expect(await ringback.app.store.findJob(ringback.app.defaultAccount.id, jobId)).toMatchObject({
      attempts: 1,
    })
  })

  test('that is told of a type that is none ends and says why', async () => {
    await ringback.call('DELETE', '/api/v1/workflows/word-count')
    const worker = spawn('python3', ['worker.py', ringback.app.origin, 'custom_nothing'], {
      cwd: FOLDER,
      env: { PATH: process.env.PATH, RINGBACK_API_KEY: ringback.key, PYTHONDONTWRITEBYTECODE: '1' },
    })
    workers.push(worker)
    let said = ''
    worker.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const code = await new Promise((resolve) => worker.once('close', resolve))
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('no lease: types.0: is not the job type') })
  })
})
