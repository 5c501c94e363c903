import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSlots } from '../../test/harness/local-slots.ts'
import type { StandingClock } from '../../test/harness/standing-clock.ts'
import { openTestStore } from '../../test/harness/test-store.ts'
import { StoreUnavailableError } from '../store/errors.ts'
import type { Idempotency } from '../store/idempotency.ts'
import { NO_CAPS } from '../store/jobs.ts'
import type { Store } from '../store/store.ts'
import { createDispatcher } from './dispatch.ts'
import type { RunnerItem } from './runner.ts'

let clock: StandingClock
let store: Store
let accountId: string
let processId: string
const LANE = 'openai/gpt-5-mini'

beforeEach(async () => {
  ;({ clock, store, accountId, processId } = await openTestStore())
  await store.ensureLane({ id: LANE, createdAt: clock.now() })
})
afterEach(() => store.close())

const openRunner = (slots: number) => openSlots<RunnerItem>(slots)

const common = { processId: () => processId, laneOf: () => LANE, caps: NO_CAPS }

const dispatch = (idempotency: Idempotency | null = null) => ({
  accountId,
  type: 'test',
  input: { content: 'x' },
  jobWebhookUrl: 'https://job.example/',
  idempotency,
})

describe('a dispatched job', () => {
  test('is on disk before it is handed to a runner with a free slot, leased to its process', async () => {
    const runner = openRunner(1)
    const handOver = runner.handOver
    const onDisk: Promise<unknown>[] = []
    runner.handOver = (item) => {
      onDisk.push(store.findJob(accountId, item.job.id))
      handOver(item)
    }
    const { jobId } = await createDispatcher({ store, clock, runner, ...common }).dispatch(dispatch())
    expect(await Promise.all(onDisk)).toMatchObject([
      { id: jobId, status: 'pending', attempts: 1, input: '{"content":"x"}', jobWebhookUrl: 'https://job.example/' },
    ])
    expect(runner.handed).toEqual([
      {
        leasedBy: processId,
        job: {
          id: jobId,
          accountId,
          type: 'test',
          input: '{"content":"x"}',
          jobWebhookUrl: 'https://job.example/',
          attempts: 1,
          run: 1,
          interruptions: 0,
          lane: LANE,
          probe: false,
          isCancelled: false,
          createdAt: clock.now(),
        },
      },
    ])
    expect(await store.nextJobDueAt()).toBeNull()
  })

  test.each([
    ['no runner is here', () => null],
    ['the runner here is busy', () => openRunner(0)],
  ])('waits for whoever claims it when %s', async (_what, runnerOf) => {
    const runner = runnerOf()
    const { jobId } = await createDispatcher({ store, clock, runner, ...common }).dispatch(dispatch())
    expect(await store.findJob(accountId, jobId)).toMatchObject({ status: 'new', attempts: 0 })
    expect(await store.nextJobDueAt()).toBe(clock.now())
    expect(runner?.handed ?? []).toEqual([])
  })

  test('of a paused lane waits for the end of the pause, and its slot is free again', async () => {
    const runner = openRunner(1)
    await store.reportLane(LANE, { kind: 'limited', askedMs: 60_000 }, clock.now())
    const { jobId } = await createDispatcher({ store, clock, runner, ...common }).dispatch(dispatch())
    expect(await store.findJob(accountId, jobId)).toMatchObject({ status: 'new', lane: LANE })
    expect(runner.handed).toEqual([])
    expect(runner.free).toBe(1)
  })

  test('that could not be written is not run, and its slot is free again', async () => {
    const runner = openRunner(1)
    const fails = () => Promise.reject(new StoreUnavailableError('disk full'))
    const away = { insertJob: fails, insertJobOnce: fails, findIdempotencyKey: fails }
    const dispatcher = createDispatcher({ store: away, clock, runner, ...common })
    await expect(dispatcher.dispatch(dispatch())).rejects.toThrow(StoreUnavailableError)
    expect(runner.handed).toEqual([])
    expect(runner.free).toBe(1)
  })
})

describe('a job that is dispatched with a key', () => {
  const once = { key: 'k', fingerprint: 'f' }

  test('is handed to the runner the first time, and never again', async () => {
    const runner = openRunner(2)
    const dispatcher = createDispatcher({ store, clock, runner, ...common })
    const first = await dispatcher.dispatch(dispatch(once))
    expect(first.replayed).toBe(false)
    expect(await dispatcher.dispatch(dispatch(once))).toEqual({ jobId: first.jobId, replayed: true })
    expect(await dispatcher.findDispatched(accountId, once)).toEqual({ jobId: first.jobId, replayed: true })
    expect(runner.handed.map(({ job }) => job.id)).toEqual([first.jobId])
    expect(runner.free).toBe(1)
  })

  test('is not found before it was dispatched', async () => {
    const dispatcher = createDispatcher({ store, clock, runner: null, ...common })
    expect(await dispatcher.findDispatched(accountId, once)).toBeNull()
  })

  test('refuses the key for anything else', async () => {
    const runner = openRunner(2)
    const dispatcher = createDispatcher({ store, clock, runner, ...common })
    await dispatcher.dispatch(dispatch(once))
    const other = { ...once, fingerprint: 'other' }
    const refusal = { code: 'request.idempotency_key_reused', status: 422 }
    await expect(dispatcher.dispatch(dispatch(other))).rejects.toMatchObject(refusal)
    await expect(dispatcher.findDispatched(accountId, other)).rejects.toMatchObject(refusal)
    expect(runner.free).toBe(1)
  })
})
