import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { LeasedJob } from '../jobs.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

const NO_CAP = Number.MAX_SAFE_INTEGER

export function describeFairness(open: OpenStore): void {
  const world = useWorld(open)

  async function accountWith(count: number, change: { lane?: string; createdAt?: number } = {}): Promise<string> {
    const { id } = await world.account()
    await Promise.all(Array.from({ length: count }, () => world.job(id, change)))
    return id
  }

  async function claim(limit: number, caps: { perAccount?: number; perLane?: number } = {}): Promise<LeasedJob[]> {
    const both = { perAccount: NO_CAP, perLane: NO_CAP, ...caps }
    return world.store.claimJobs({ processId: await world.process(), limit, now: NOON, caps: both })
  }

  async function addLane(): Promise<string> {
    const id = `openai/${newId()}`
    await world.store.ensureLane({ id, createdAt: NOON })
    return id
  }

  const countOf = (jobs: readonly LeasedJob[], accountId: string) =>
    jobs.filter((job) => job.accountId === accountId).length

  test('accounts take turns in a claim: a backlog does not hold up a single job', async () => {
    const busy = await accountWith(50, { createdAt: NOON - 1_000 })
    const [one, two] = [await accountWith(1), await accountWith(3)]
    const jobs = await claim(5)
    expect([busy, one, two].map((id) => countOf(jobs, id))).toEqual([2, 1, 2])
  })

  test('accounts take turns from claim to claim, with one slot too', async () => {
    const accounts = [await accountWith(9), await accountWith(9), await accountWith(9)]
    const served: string[] = []
    for (let count = 0; count < 9; count++) served.push(...(await claim(1)).map(({ accountId }) => accountId))
    for (const round of [served.slice(0, 3), served.slice(3, 6), served.slice(6, 9)]) {
      expect([...round].sort()).toEqual([...accounts].sort())
    }
  })

  test('what is left of the slots goes to whoever has work', async () => {
    const [busy, other] = [await accountWith(30), await accountWith(2)]
    const jobs = await claim(20)
    expect([countOf(jobs, busy), countOf(jobs, other)]).toEqual([18, 2])
  })

  test('more accounts than one claim looks at are all served, in turn', async () => {
    const accounts = await Promise.all(Array.from({ length: 150 }, () => accountWith(1)))
    const served: string[] = []
    for (let count = 0; count < 4; count++) served.push(...(await claim(50)).map(({ accountId }) => accountId))
    expect(served.sort()).toEqual(accounts.sort())
  })

  test('accounts whose jobs are due later are no turn', async () => {
    await Promise.all(Array.from({ length: 70 }, () => accountWith(1, { createdAt: NOON + 1_000 })))
    const ready = await accountWith(1)
    expect((await claim(10)).map(({ accountId }) => accountId)).toEqual([ready])
  })

  test('an account has as many jobs running as its cap says, in all lanes and processes together', async () => {
    const lane = await addLane()
    const id = await accountWith(3)
    for (let count = 0; count < 3; count++) await world.job(id, { lane })
    expect(await claim(10, { perAccount: 4 })).toHaveLength(4)
    expect(await claim(10, { perAccount: 4 })).toEqual([])
    // They are due; only the cap is in the way.
    expect(await world.store.nextJobDueAt(NOON)).toBe(NOON)
    expect(await claim(10, { perAccount: 5 })).toHaveLength(1)
  })

  test('a lane has as many jobs running as its cap says, whoever they belong to; offline jobs have no such cap', async () => {
    const lane = await addLane()
    const [one, two] = [await accountWith(5, { lane }), await accountWith(5, { lane })]
    const jobs = await claim(10, { perLane: 4 })
    expect([countOf(jobs, one), countOf(jobs, two)]).toEqual([2, 2])
    expect(await claim(10, { perLane: 4 })).toEqual([])
    await accountWith(8)
    expect(await claim(10, { perLane: 4 })).toHaveLength(8)
  })

  test('a job that ends makes room for the next', async () => {
    const id = await accountWith(3)
    const processId = await world.process()
    const caps = { perAccount: 2, perLane: NO_CAP }
    const next = () => world.store.claimJobs({ processId, limit: 10, now: NOON, caps })
    const [first] = await next()
    expect(await next()).toEqual([])
    await world.finish(first?.id ?? '', processId)
    expect(await next()).toMatchObject([{ accountId: id }])
  })

  test('a new job is leased with its insert only while the caps have room', async () => {
    const lane = await addLane()
    const [{ id: accountId }, { id: otherId }] = [await world.account(), await world.account()]
    const leasedBy = await world.process()
    const insert = async (owner: string, caps: { perAccount?: number; perLane?: number }) => {
      const id = newId()
      const { leased } = await world.store.insertJob({
        id,
        accountId: owner,
        type: 'content_translate',
        input: '{}',
        jobWebhookUrl: null,
        createdAt: NOON,
        lane,
        leasedBy,
        caps: { perAccount: NO_CAP, perLane: NO_CAP, ...caps },
      })
      // Nobody may wait in the lane, or the next one must wait too.
      if (!leased) await claim(1)
      return leased
    }
    expect(await insert(accountId, { perAccount: 1 })).toBe(true)
    expect(await insert(accountId, { perAccount: 1 })).toBe(false)
    expect(await insert(otherId, { perAccount: 1 })).toBe(true)
    expect(await insert(otherId, { perLane: 3 })).toBe(false)
    expect(await insert(otherId, { perLane: 5 })).toBe(true)
  })

  test('jobs that are inserted together do not pass a cap together', async () => {
    const { id: accountId } = await world.account()
    const leasedBy = await world.process()
    const caps = { perAccount: 5, perLane: NO_CAP }
    const insert = () =>
      world.store.insertJob({
        id: newId(),
        accountId,
        type: 'content_detect_urls',
        input: '{}',
        jobWebhookUrl: null,
        createdAt: NOON,
        leasedBy,
        caps,
      })
    const leases = await Promise.all(Array.from({ length: 40 }, insert))
    expect(leases.filter(({ leased }) => leased)).toHaveLength(5)
  })

  test('claims of several processes at once do not pass a cap together', async () => {
    const id = await accountWith(60)
    const claims = Array.from({ length: 6 }, () => claim(20, { perAccount: 16 }))
    const jobs = (await Promise.all(claims)).flat()
    expect(countOf(jobs, id)).toBe(16)
  })
}
