import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StandingClock } from '../../test/harness/standing-clock.ts'
import { endOf, openTestStore } from '../../test/harness/test-store.ts'
import { until } from '../../test/harness/until.ts'
import { newId } from '../lib/ids.ts'
import { type Log, silentLog } from '../lib/log.ts'
import { type RetentionSlice, TIME_PROBATION_MS } from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { createRetentionSweeper, LOOK_MS, STEP_PAUSE_MS, STEP_ROWS } from './retention-sweeper.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

let clock: StandingClock
let store: Store
let accountId: string
let processId: string

beforeEach(async () => {
  ;({ clock, store, accountId, processId } = await openTestStore())
})
afterEach(() => store.close())

async function endedJob(payloadRetentionMs: number | null = null): Promise<string> {
  const id = newId()
  const now = clock.now()
  const job = {
    accountId,
    type: 'test',
    input: '{}',
    jobWebhookUrl: null,
    createdAt: now,
    leasedBy: processId,
    payloadRetentionMs,
  }
  await store.insertJob({ id, ...job })
  await store.finishJob(endOf({ id, leasedBy: processId, finishedAt: now }))
  return id
}

/** A sweeper that has started, and the steps that it makes. */
function sweeping(change: { retentionMs?: number | null; payloadRetentionMs?: number | null } = {}) {
  const steps: RetentionSlice[] = []
  const removed: Record<string, number> = {}
  const warnings: string[] = []
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) } as Log
  const counting = {
    trustTime: (now: number) => store.trustTime(now),
    removeDuePayloads: (look: { now: number; limit: number }) => store.removeDuePayloads(look),
    removeOld(slice: RetentionSlice) {
      steps.push(slice)
      return store.removeOld(slice)
    },
  }
  const settings = { retentionMs: 90 * DAY_MS, payloadRetentionMs: null, ...change }
  const sweeper = createRetentionSweeper({
    ...settings,
    store: counting,
    clock,
    log,
    onRemoved: (pass, count) => (removed[pass] = count),
  })
  sweeper.start()
  const looked = () => until('the next look is planned', () => (clock.timerCount === 1 ? true : null))
  return { sweeper, steps, looked, removed, warnings }
}

const find = (id: string) => store.findJob(accountId, id)

test('a job is deleted when its time is over, and no millisecond earlier', async () => {
  const id = await endedJob()
  clock.move(90 * DAY_MS)
  const { sweeper, looked } = sweeping()
  await looked()
  expect(await find(id)).not.toBeNull()
  clock.move(LOOK_MS)
  await until('the job is gone', async () => ((await find(id)) === null ? true : null))
  await sweeper.stop()
  expect(clock.timerCount).toBe(0)
})

test('payloads go earlier than their jobs', async () => {
  const old = await endedJob()
  clock.move(8 * DAY_MS)
  const young = await endedJob()
  const { sweeper, looked } = sweeping({ payloadRetentionMs: 7 * DAY_MS })
  await looked()
  expect(await find(old)).toMatchObject({ status: 'success', result: null, payloadRemovedAt: clock.now() })
  expect(await find(young)).toMatchObject({ result: '1', payloadRemovedAt: null })
  await sweeper.stop()
})

test('much is deleted in steps with a pause after each', async () => {
  const ids = await Promise.all(Array.from({ length: STEP_ROWS + 1 }, () => endedJob()))
  clock.move(90 * DAY_MS + 1)
  const { sweeper, steps, looked } = sweeping()
  await looked()
  expect(steps).toHaveLength(1)
  expect(await find(ids.at(-1) ?? '')).not.toBeNull()
  clock.move(STEP_PAUSE_MS)
  await until('the last one is gone', async () => ((await find(ids.at(-1) ?? '')) === null ? true : null))
  await sweeper.stop()
})

test('with `forever` and no time for payloads nothing is looked for but what jobs have asked for', async () => {
  const kept = await endedJob()
  const short = await endedJob(HOUR_MS)
  const { sweeper, steps, looked, removed } = sweeping({ retentionMs: null })
  await looked()
  clock.move(HOUR_MS - LOOK_MS)
  await looked()
  expect(await find(short)).toMatchObject({ result: '1', payloadRemovedAt: null })
  clock.move(LOOK_MS)
  await until('its payloads are gone', async () => ((await find(short))?.payloadRemovedAt ? true : null))
  await looked()
  await sweeper.stop()
  expect(await find(short)).toMatchObject({ status: 'success', result: null, payloadRemovedAt: clock.now() })
  expect(await find(kept)).toMatchObject({ result: '1', payloadRemovedAt: null })
  expect(removed).toEqual({ job_payloads: 1 })
  expect(steps).toEqual([])
})

test('what a job has asked for goes in steps too', async () => {
  const ids = await Promise.all(Array.from({ length: STEP_ROWS + 1 }, () => endedJob(HOUR_MS)))
  clock.move(HOUR_MS)
  const { sweeper, looked } = sweeping()
  const gone = async () => (await Promise.all(ids.map(find))).filter((row) => row?.payloadRemovedAt !== null).length
  await looked()
  expect(await gone()).toBe(STEP_ROWS)
  clock.move(STEP_PAUSE_MS)
  await until('all are gone', async () => ((await gone()) === STEP_ROWS + 1 ? true : null))
  await sweeper.stop()
})

test('what was removed is counted', async () => {
  await endedJob()
  clock.move(90 * DAY_MS + 1)
  const { sweeper, looked, removed } = sweeping()
  await looked()
  await sweeper.stop()
  expect(removed).toEqual({ jobs: 1 })
})

test('a clock that is set ahead by mistake deletes nothing, says so once, and all is well when it is set right', async () => {
  const id = await endedJob()
  const short = await endedJob(HOUR_MS)
  const { sweeper, looked, steps, warnings } = sweeping()
  await looked()
  const before = clock.now()
  const stepsBefore = steps.length
  clock.set(before + 365 * DAY_MS)
  for (let look = 0; look < 3; look++) {
    clock.move(LOOK_MS)
    await looked()
  }
  expect(await find(id)).not.toBeNull()
  expect(await find(short)).toMatchObject({ payloadRemovedAt: null })
  expect(steps).toHaveLength(stepsBefore)
  expect(warnings).toEqual([expect.stringContaining('nothing is deleted')])

  clock.set(before + 4 * LOOK_MS)
  clock.move(LOOK_MS)
  await looked()
  expect(steps.length).toBeGreaterThan(stepsBefore)
  expect(await find(id)).not.toBeNull()
  await sweeper.stop()
})

test('after a long time without a process, deleting goes on when the clock has run on for a day', async () => {
  const id = await endedJob()
  const first = sweeping()
  await first.looked()
  await first.sweeper.stop()
  clock.move(365 * DAY_MS)
  const { sweeper, looked } = sweeping()
  await looked()
  expect(await find(id)).not.toBeNull()
  for (let ranMs = 0; ranMs < TIME_PROBATION_MS - 2 * LOOK_MS; ranMs += LOOK_MS)
    await store.trustTime(clock.now() + ranMs)
  expect(await find(id)).not.toBeNull()
  clock.move(TIME_PROBATION_MS)
  await until('the job is gone', async () => {
    clock.move(LOOK_MS)
    return (await find(id)) === null ? true : null
  })
  await sweeper.stop()
})
