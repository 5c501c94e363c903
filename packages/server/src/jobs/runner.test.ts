import { setImmediate } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { openSlots } from '../../test/harness/local-slots.ts'
import { createStandingClock, type StandingClock } from '../../test/harness/standing-clock.ts'
import { until } from '../../test/harness/until.ts'
import { newId } from '../lib/ids.ts'
import { createLog } from '../lib/log.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { JobRow } from '../store/jobs.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store } from '../store/store.ts'
import { createTaskRegistry, TASKS } from '../tasks/registry.ts'
import { createTaskRunner, type TaskRunner } from '../tasks/run-task.ts'
import { defineTask, type TaskContext, TaskError, type TaskModel } from '../tasks/task.ts'
import type { RunEnd } from './end.ts'
import { createJobFinisher, type FinisherOptions, type LocalCourier } from './finisher.ts'
import { createRunner, type Runner, type RunnerOptions } from './runner.ts'

const noModel: TaskModel = {
  generate: () => Promise.reject(new TaskError('model.not_configured', 'Set RINGBACK_MODEL.')),
}

/** What the task `test_any` does; each test sets it. */
let runAny: (context: TaskContext) => unknown

/** A task of this test beside the real ones: its result may be anything. */
const anyTask = defineTask({
  type: 'test_any',
  path: '/test/any',
  summary: 'Whatever a test wants.',
  kind: 'model',
  input: z.object({}),
  result: z.unknown(),
  run: (_input, context) => runAny(context),
})

let clock: StandingClock
let store: Store
let tasks: TaskRunner
let accountId: string
let processId: string
let logLines: Record<string, unknown>[]
let ends: { type: string; end: RunEnd }[]
let runners: Runner[]

// One store for all: every test ends its jobs, so none finds work of another.
beforeAll(async () => {
  clock = createStandingClock()
  store = await openSqliteStore({ file: ':memory:', clock })
  tasks = createTaskRunner({ registry: createTaskRegistry([...TASKS, anyTask]), model: noModel })
})
afterAll(async () => {
  await tasks.close()
  await store.close()
})

beforeEach(async () => {
  const account = { id: newId(), name: newId(), webhookId: newId(), createdAt: clock.now() }
  accountId = (await store.ensureAccount(account)).id
  processId = await enterProcess()
  logLines = []
  ends = []
  runners = []
  runAny = () => Promise.reject(new Error('not set'))
})
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()))
})

async function enterProcess(): Promise<string> {
  const id = newId()
  await store.insertProcess({ id, host: 'here', pid: 1, startedAt: clock.now(), expiresAt: clock.now() + 1e9 })
  return id
}

function startRunner({
  courier = null,
  finishStore = store,
  ...change
}: Partial<RunnerOptions> & { courier?: LocalCourier | null; finishStore?: FinisherOptions['store'] } = {}): Runner {
  const log = createLog('debug', { write: (line) => logLines.push(JSON.parse(line)) })
  const finisher = createJobFinisher({
    store: finishStore,
    courier,
    clock,
    log,
    statusUrl: (type, jobId) => `http://ringback.test/${type}/${jobId}`,
    giveUp: new AbortController().signal,
  })
  const runner = createRunner({
    store,
    tasks,
    finisher,
    clock,
    random: () => 1,
    log,
    caps: { perAccount: 64, perLane: 128 },
    waitMaxMs: 24 * 3_600_000,
    runMaxMs: 10 * 60_000,
    lease: {
      get processId() {
        return processId
      },
      hold: () => {},
      letGo: () => {},
    },
    abortRuns: new AbortController().signal,
    onEnd: (type, end) => ends.push({ type, end }),
    ...change,
  })
  runners.push(runner)
  runner.start()
  return runner
}

async function insertJob(type = 'test_any', input: unknown = {}): Promise<string> {
  const id = newId()
  const job = { id, accountId, type, input: JSON.stringify(input), jobWebhookUrl: null, createdAt: clock.now() }
  await store.insertJob({ ...job, leasedBy: null })
  return id
}

/** Waits for something that the runner does. No time passes, but timers that are due by now fire. */
function untilDone<Value>(what: string, ask: () => Promise<Value | null> | Value | null): Promise<Value> {
  return until(what, () => {
    clock.move(0)
    return ask()
  })
}

function ended(jobId: string): Promise<JobRow> {
  return untilDone('the job has ended', async () => {
    const job = await store.findJob(accountId, jobId)
    return job?.status === 'success' || job?.status === 'failed' ? job : null
  })
}

async function enableWebhook(includeResult = false) {
  const change = { enabled: true, url: 'https://receiver.example/hook', includeResult, sealedSecret: 'sealed' }
  await store.updateWebhook(accountId, 'default', change, clock.now())
}

function openCourier(slots: number) {
  const courier = openSlots<{ delivery: LeasedDelivery; leasedBy: string }>(slots)
  return Object.assign(courier, { fullAddresses: () => [] })
}

describe('a job that waits', () => {
  test('is run by its task and ends with the result', async () => {
    const jobId = await insertJob('content_detect_emails', { content: 'write to anna@example.com' })
    startRunner()
    expect(await ended(jobId)).toMatchObject({
      status: 'success',
      result: '["anna@example.com"]',
      error: null,
      attempts: 1,
      startedAt: clock.now(),
      finishedAt: clock.now(),
    })
    expect(ends).toEqual([
      { type: 'content_detect_emails', end: { kind: 'success', resultText: '["anna@example.com"]' } },
    ])
  })

  test('leaves one line in the log, which tells nothing of its content', async () => {
    const jobId = await insertJob('content_detect_emails', { content: 'write to anna@example.com' })
    startRunner()
    await ended(jobId)
    await untilDone('the line is written', () => logLines[0] ?? null)
    expect(logLines).toEqual([
      expect.objectContaining({
        msg: 'job',
        level: 'info',
        jobId,
        accountId,
        type: 'content_detect_emails',
        run: 1,
        status: 'success',
        durationMs: expect.any(Number),
      }),
    ])
    expect(JSON.stringify(logLines)).not.toContain('anna')
  })

  test('is run although nobody wakes the runner: it looks every five seconds', async () => {
    startRunner()
    await untilDone('the runner has looked', () => (clock.timerCount > 0 ? true : null))
    const jobId = await insertJob('content_detect_emails', { content: 'x' })
    clock.move(5_000)
    expect((await ended(jobId)).status).toBe('success')
  })

  test('that was handed over runs at once, on its reserved slot', async () => {
    const runner = startRunner()
    await untilDone('the runner has looked', () => (clock.timerCount > 0 ? true : null))
    const job = {
      id: newId(),
      accountId,
      type: 'content_detect_emails',
      input: '{"content":"x"}',
      jobWebhookUrl: null,
      createdAt: clock.now(),
    }
    expect(runner.reserve(1)).toBe(1)
    await store.insertJob({ ...job, leasedBy: processId })
    const start = { attempts: 1, run: 1, interruptions: 0, lane: 'offline', probe: false, isCancelled: false }
    runner.handOver({ job: { ...job, ...start }, leasedBy: processId })
    expect((await ended(job.id)).status).toBe('success')
  })
})

describe('how a run ends', () => {
  async function endOf(run: typeof runAny): Promise<JobRow> {
    runAny = run
    const jobId = await insertJob()
    startRunner()
    return await ended(jobId)
  }

  test('an error for the owner ends the job with its code and text', async () => {
    const job = await endOf(() => {
      throw new TaskError('model.rejected', 'Too long for the model.')
    })
    expect(job).toMatchObject({
      status: 'failed',
      result: null,
      error: { code: 'model.rejected', message: 'Too long for the model.' },
    })
  })

  test('any other error is in the log and nowhere else', async () => {
    const job = await endOf(() => {
      throw new Error('password=hidden')
    })
    expect(job).toMatchObject({ status: 'failed', error: { code: 'job.task_failed' } })
    expect(job.error?.message).not.toContain('hidden')
    expect(JSON.stringify(logLines)).toContain('password=hidden')
  })

  test.each<[what: string, result: () => unknown]>([
    ['undefined', () => undefined],
    ['a BigInt', () => 1n],
    ['300 levels', () => JSON.parse('['.repeat(300) + ']'.repeat(300))],
  ])('a result that no receiver could be told ends the job: %s', async (_what, result) => {
    expect((await endOf(result)).error?.code).toBe('job.result_invalid')
  })

  test('a type that this server does not know ends the job', async () => {
    const jobId = await insertJob('content_unheard_of')
    startRunner()
    expect((await ended(jobId)).error?.code).toBe('job.unknown_type')
  })

  test('a model task without a model says which setting is missing', async () => {
    const jobId = await insertJob('content_translate', { content: 'hello', language: 'German' })
    startRunner()
    expect((await ended(jobId)).error).toEqual({ code: 'model.not_configured', message: 'Set RINGBACK_MODEL.' })
  })

  test('a run of more than ten minutes is given up', async () => {
    const started = Promise.withResolvers<void>()
    runAny = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        started.resolve()
      })
    const jobId = await insertJob()
    startRunner()
    await started.promise
    clock.move(10 * 60_000 - 1)
    await setImmediate()
    expect((await store.findJob(accountId, jobId))?.status).toBe('pending')
    clock.move(1)
    expect((await ended(jobId)).error).toEqual({
      code: 'job.timeout',
      message: 'The job was given up after 10m',
    })
  })

  test('a task that takes no notice does not hold its job, and what it gives later is dropped', async () => {
    const task = Promise.withResolvers<unknown>()
    const started = Promise.withResolvers<void>()
    runAny = () => {
      started.resolve()
      return task.promise
    }
    const jobId = await insertJob()
    const runner = startRunner()
    await started.promise
    clock.move(10 * 60_000)
    clock.move(1_000)
    expect((await ended(jobId)).error?.code).toBe('job.timeout')
    await untilDone('its place is free', () => runner.underWay === 0 || null)
    task.resolve('late')
    await setImmediate()
    expect(ends).toHaveLength(1)
  })

  test('a job that was under way at ten ends of processes over an hour is not started again', async () => {
    let runs = 0
    runAny = () => ++runs
    const jobId = await insertJob()
    for (let count = 0; count < 10; count++) {
      const dying = await enterProcess()
      await store.claimJobs({ processId: dying, limit: 1, now: clock.now() })
      await store.releaseProcess(dying, clock.now())
    }
    clock.move(3_600_001)
    startRunner()
    expect((await ended(jobId)).error).toEqual({
      code: 'job.interrupted',
      message: 'The job was interrupted 10 times and never came to an end',
    })
    expect(runs).toBe(0)
  })
})

describe('a provider that is away', () => {
  const away = () => {
    throw new TaskError('model.unavailable', 'The provider is away.', { retryable: true })
  }

  test('the job stays pending and runs again after the delay, not before', async () => {
    runAny = away
    const jobId = await insertJob()
    startRunner()
    await untilDone('the run has ended', () => ends[0] ?? null)
    expect(ends[0]?.end).toEqual({ kind: 'again', delayMs: 2_000, spendAttempt: true, reason: 'model.unavailable' })
    expect(await store.findJob(accountId, jobId)).toMatchObject({ status: 'pending', attempts: 1, error: null })
    expect(await store.nextJobDueAt()).toBe(clock.now() + 2_000)
    runAny = () => 'back'
    clock.move(2_000)
    expect(await ended(jobId)).toMatchObject({ status: 'success', result: '"back"', attempts: 2 })
  })

  test('after five runs the job has failed, with the last error', async () => {
    runAny = away
    const jobId = await insertJob()
    startRunner()
    for (let runs = 1; runs < 5; runs++) {
      await untilDone(`run ${runs} has ended`, () => ends[runs - 1] ?? null)
      clock.move(60_000)
    }
    expect(await ended(jobId)).toMatchObject({ attempts: 5, error: { code: 'model.unavailable' } })
  })
})

describe('the end of a job and its deliveries', () => {
  test('are one: what the courier has room for comes leased to it, with the exact body', async () => {
    await enableWebhook(true)
    const jobId = await insertJob('content_detect_emails', { content: 'anna@example.com' })
    const courier = openCourier(10)
    startRunner({ courier })
    await untilDone('the delivery is handed over', () => courier.handed[0] ?? null)
    expect(courier.handed).toEqual([
      {
        leasedBy: processId,
        delivery: expect.objectContaining({
          jobId,
          body: `{"id":"${jobId}","status":"success","type":"content_detect_emails","result":["anna@example.com"]}`,
        }),
      },
    ])
    // One slot is used, the second one that was reserved was given back.
    expect(courier.free).toBe(9)
  })

  test('a courier without room gets nothing: the delivery waits for a claim', async () => {
    await enableWebhook()
    const jobId = await insertJob('content_detect_emails', { content: 'x' })
    const courier = openCourier(0)
    startRunner({ courier })
    await ended(jobId)
    const [delivery] = await store.listDeliveries({ accountId, limit: 10 })
    expect(delivery).toMatchObject({ jobId, status: 'waiting', nextAttemptAt: clock.now() })
    expect(courier.handed).toEqual([])
    expect(courier.free).toBe(0)
  })

  test('a failed job is told too', async () => {
    await enableWebhook(true)
    runAny = () => {
      throw new TaskError('model.rejected', 'No.')
    }
    const jobId = await insertJob()
    startRunner()
    await ended(jobId)
    const [row] = await store.listDeliveries({ accountId, limit: 10 })
    expect((await store.findDelivery(accountId, row?.id ?? ''))?.body).toBe(
      `{"id":"${jobId}","status":"failed","type":"test_any","error":{"code":"model.rejected","message":"No."},"result":null}`,
    )
  })

  test('a result too large to send is replaced by the address of the status', async () => {
    await enableWebhook(true)
    runAny = () => 'x'.repeat(256 * 1024)
    const jobId = await insertJob()
    startRunner()
    expect((await ended(jobId)).result).toHaveLength(256 * 1024 + 2)
    const [row] = await store.listDeliveries({ accountId, limit: 10 })
    const body = JSON.parse((await store.findDelivery(accountId, row?.id ?? ''))?.body ?? '')
    expect(body).toEqual({
      id: jobId,
      status: 'success',
      type: 'test_any',
      result_url: `http://ringback.test/test_any/${jobId}`,
    })
  })
})

describe('when things go wrong around a job', () => {
  test('a database that is away for a while: the end is written when it is back', async () => {
    let failures = 3
    const shaky = {
      rescheduleJob: store.rescheduleJob,
      finishJob: (job: Parameters<Store['finishJob']>[0]) =>
        failures-- > 0 ? Promise.reject(new StoreUnavailableError('disk full')) : store.finishJob(job),
    }
    runAny = () => 'done'
    const jobId = await insertJob()
    startRunner({ finishStore: shaky })
    const job = await untilDone('the job has ended', async () => {
      clock.move(1_000)
      const row = await store.findJob(accountId, jobId)
      return row?.status === 'success' ? row : null
    })
    expect(job.attempts).toBe(1)
    expect(logLines.filter(({ level }) => level === 'error')).toHaveLength(3)
  })

  test('a stop that cannot wait gives the job back, due at once, with no attempt spent', async () => {
    const started = Promise.withResolvers<void>()
    runAny = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new TaskError('model.unavailable', 'aborted')))
        started.resolve()
      })
    const jobId = await insertJob()
    const abortRuns = new AbortController()
    const runner = startRunner({ abortRuns: abortRuns.signal })
    await started.promise
    const stopped = runner.stop()
    abortRuns.abort()
    await stopped
    expect(await store.findJob(accountId, jobId)).toMatchObject({ status: 'pending', attempts: 0 })
    expect(await store.nextJobDueAt()).toBe(clock.now())
    runAny = () => 'done'
    startRunner()
    expect(await ended(jobId)).toMatchObject({ result: '"done"', attempts: 1 })
  })

  test('a process that was taken for dead while it ran a job writes nothing: the other one’s end stands', async () => {
    await enableWebhook()
    const gate = Promise.withResolvers<string>()
    const started = Promise.withResolvers<void>()
    runAny = () => {
      started.resolve()
      return gate.promise
    }
    const jobId = await insertJob()
    const slow = startRunner()
    await started.promise
    const stopped = slow.stop()

    await store.releaseProcess(processId, clock.now())
    processId = await enterProcess()
    runAny = () => 'from the other'
    startRunner()
    expect((await ended(jobId)).result).toBe('"from the other"')

    gate.resolve('from the slow one')
    await stopped
    expect((await store.findJob(accountId, jobId))?.result).toBe('"from the other"')
    expect(await store.listDeliveries({ accountId, limit: 10 })).toHaveLength(1)
    expect(ends).toHaveLength(1)
    expect(logLines.filter(({ level }) => level === 'warn')).toMatchObject([{ jobId }])
  })
})
