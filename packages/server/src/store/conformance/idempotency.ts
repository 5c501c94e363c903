import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { NewJob } from '../jobs.ts'
import { heardWork } from './heard-work.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

export function describeIdempotency(open: OpenStore): void {
  const world = useWorld(open)

  function newJob(accountId: string, change: Partial<NewJob> = {}): NewJob {
    const defaults = { type: 'content_translate', input: '{}', jobWebhookUrl: null, createdAt: NOON, leasedBy: null }
    return { id: newId(), accountId, ...defaults, ...change }
  }

  const jobsOf = (accountId: string) => world.store.listJobs({ accountId, limit: 100 })

  test('the first use of a key inserts the job, like any other', async () => {
    const [{ id: accountId }, processId] = await Promise.all([world.account(), world.process()])
    const [waiting, leased] = [newJob(accountId), newJob(accountId, { leasedBy: processId })]
    const heard = heardWork(world.store, 'jobs')
    expect(await world.store.insertJobOnce(waiting, { key: 'one', fingerprint: 'f' })).toEqual({
      inserted: true,
      jobId: waiting.id,
      fingerprint: 'f',
      leased: false,
    })
    await heard
    await world.store.claimJobs({ processId, limit: 10, now: NOON })
    expect(await world.store.insertJobOnce(leased, { key: 'two', fingerprint: 'f' })).toMatchObject({ leased: true })
    expect(await world.store.insertJobOnce(leased, { key: 'two', fingerprint: 'f' })).toMatchObject({ leased: false })
    expect(await world.store.findJob(accountId, waiting.id)).toMatchObject({ ...asRow(waiting), status: 'pending' })
    expect(await world.store.findJob(accountId, leased.id)).toMatchObject({ status: 'pending', attempts: 1 })
    expect(await world.finish(leased.id, processId)).toMatchObject({ finished: true })
  })

  test('a key that was used gives the job it stands for, and its fingerprint, and writes nothing', async () => {
    const { id: accountId } = await world.account()
    const first = newJob(accountId)
    await world.store.insertJobOnce(first, { key: 'k', fingerprint: 'first' })
    const again = await world.store.insertJobOnce(newJob(accountId), { key: 'k', fingerprint: 'other' })
    expect(again).toEqual({ inserted: false, leased: false, jobId: first.id, fingerprint: 'first' })
    expect(await world.store.findIdempotencyKey(accountId, 'k')).toEqual({ jobId: first.id, fingerprint: 'first' })
    expect(await jobsOf(accountId)).toHaveLength(1)
  })

  test('fifty calls with one key at once make one job, and all learn its id', async () => {
    const { id: accountId } = await world.account()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.store.insertJobOnce(newJob(accountId), { key: 'k', fingerprint: 'f' })),
    )
    const [job, ...more] = await jobsOf(accountId)
    expect(more).toEqual([])
    expect(new Set(answers.map(({ jobId }) => jobId))).toEqual(new Set([job?.id]))
    expect(answers.filter(({ inserted }) => inserted)).toHaveLength(1)
  })

  test('many keys at once, each several times and in another order, make one job each', async () => {
    const { id: accountId } = await world.account()
    const keys = Array.from({ length: 30 }, (_, index) => `key ${index}`)
    const orders = [keys, keys.toReversed(), keys.toSpliced(0, 15).concat(keys.slice(0, 15))]
    const answers = await Promise.all(
      orders.flat().map((key) => world.store.insertJobOnce(newJob(accountId), { key, fingerprint: 'f' })),
    )
    expect(new Set(answers.map(({ jobId }) => jobId)).size).toBe(30)
    expect(await jobsOf(accountId)).toHaveLength(30)
  })

  test('accounts have keys of their own', async () => {
    const [one, two] = await Promise.all([world.account(), world.account()])
    await world.store.insertJobOnce(newJob(one.id), { key: 'k', fingerprint: 'f' })
    expect(await world.store.findIdempotencyKey(two.id, 'k')).toBeNull()
    expect(await world.store.insertJobOnce(newJob(two.id), { key: 'k', fingerprint: 'f' })).toMatchObject({
      inserted: true,
    })
  })

  test('a job that cannot be written leaves its key free', async () => {
    const { id: accountId } = await world.account()
    const taken = await world.job(accountId)
    const once = { key: 'k', fingerprint: 'f' }
    await expect(world.store.insertJobOnce(newJob(accountId, { id: taken }), once)).rejects.toThrow()
    expect(await world.store.findIdempotencyKey(accountId, 'k')).toBeNull()
    expect(await world.store.insertJobOnce(newJob(accountId), once)).toMatchObject({ inserted: true })
  })

  test('keys are forgotten by age, the oldest first, in batches, and are free again', async () => {
    const { id: accountId } = await world.account()
    // Before the keys of all other tests.
    const start = NOON - 1_000_000
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      await world.store.insertJobOnce(newJob(accountId, { createdAt: start + index }), { key, fingerprint: 'f' })
    }
    const left = async () => {
      const keys = await Promise.all(['a', 'b', 'c'].map((key) => world.store.findIdempotencyKey(accountId, key)))
      return keys.map((key) => key !== null)
    }
    expect(await world.store.forgetIdempotencyKeys({ claimedBefore: start, limit: 10 })).toBe(0)
    expect(await world.store.forgetIdempotencyKeys({ claimedBefore: start + 2, limit: 1 })).toBe(1)
    expect(await left()).toEqual([false, true, true])
    expect(await world.store.forgetIdempotencyKeys({ claimedBefore: start + 2, limit: 10 })).toBe(1)
    expect(await left()).toEqual([false, false, true])
    const again = await world.store.insertJobOnce(newJob(accountId), { key: 'a', fingerprint: 'other' })
    expect(again).toMatchObject({ inserted: true })
  })
}

/** What a new job looks like when it is read. */
function asRow({ leasedBy: _, ...job }: NewJob) {
  return job
}
