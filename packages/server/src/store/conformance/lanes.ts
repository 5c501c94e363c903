import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import { heardWork } from './heard-work.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

const LIMITED = { kind: 'limited', askedMs: 60_000 } as const
const FAILED = { kind: 'failed', askedMs: null, probe: false } as const

export function describeLanes(open: OpenStore): void {
  const world = useWorld(open)

  async function addLane(served: { servedBy?: 'worker' } = {}): Promise<string> {
    const id = `openai/${newId()}`
    await world.store.ensureLane({ id, createdAt: NOON, ...served })
    return id
  }

  async function waitingJobs(lane: string, count = 1): Promise<string[]> {
    const { id: accountId } = await world.account()
    const ids: string[] = []
    for (let index = 0; index < count; index++) ids.push(await world.job(accountId, { lane }))
    return ids
  }

  async function claimedIn(now = NOON): Promise<string[]> {
    const jobs = await world.store.claimJobs({ processId: await world.process(), limit: 10, now })
    return jobs.map(({ id }) => id)
  }

  const find = async (id: string) => (await world.store.listLanes()).find((lane) => lane.id === id)

  async function breakLane(id: string) {
    for (let count = 0; count < 5; count++) await world.store.reportLane(id, FAILED, NOON)
  }

  test('a lane is entered once and keeps its health', async () => {
    const id = await addLane()
    await world.store.reportLane(id, LIMITED, NOON)
    await world.store.ensureLane({ id, createdAt: NOON + 1 })
    expect(await find(id)).toEqual({
      id,
      servedBy: 'runner',
      state: 'healthy',
      failures: 0,
      limits: 1,
      pausedUntil: NOON + 60_000,
    })
  })

  test('the job of a lane that does not exist is not written', async () => {
    const { id: accountId } = await world.account()
    await expect(world.job(accountId, { lane: 'nowhere' })).rejects.toThrow()
  })

  test('what waits in a paused lane is claimed when the pause ends, and not before; other lanes go on', async () => {
    const [paused, other] = [await addLane(), await addLane()]
    const [jobId] = await waitingJobs(paused)
    await world.store.reportLane(paused, LIMITED, NOON)
    const otherIds = await waitingJobs(other)
    expect(await claimedIn(NOON + 59_999)).toEqual(otherIds)
    expect(await world.store.nextJobDueAt(NOON + 59_999)).toBe(NOON + 60_000)
    // It waits all the while, and whoever looks after the server wants to know since when.
    expect(await world.store.firstJobDueAt()).toBe(NOON)
    expect(await claimedIn(NOON + 60_000)).toEqual([jobId])
    expect(await world.store.firstJobDueAt()).toBeNull()
  })

  test('a job says what pauses its lane', async () => {
    const { id: accountId } = await world.account()
    const lane = await addLane()
    const jobId = await world.job(accountId, { lane })
    const common = { lane, dueAt: NOON, laneState: 'healthy' }
    expect(await world.store.findJob(accountId, jobId)).toMatchObject({ ...common, lanePausedUntil: null })
    await world.store.reportLane(lane, LIMITED, NOON)
    expect(await world.store.findJob(accountId, jobId)).toMatchObject({ ...common, lanePausedUntil: NOON + 60_000 })
  })

  test('a failing lane gives one job as a probe when its pause ends, and no other until that has ended', async () => {
    const lane = await addLane()
    const ids = await waitingJobs(lane, 3)
    await breakLane(lane)
    expect(await find(lane)).toMatchObject({ state: 'failing', failures: 5, pausedUntil: NOON + 10_000 })
    expect(await claimedIn(NOON + 9_999)).toEqual([])
    const claim = { processId: await world.process(), limit: 10, now: NOON + 10_000 }
    expect(await world.store.claimJobs(claim)).toMatchObject([{ id: ids[0], probe: true }])
    expect(await world.store.claimJobs(claim)).toEqual([])

    await world.store.reportLane(lane, { ...FAILED, probe: true }, NOON + 11_000)
    expect(await find(lane)).toMatchObject({ state: 'failing', failures: 6, pausedUntil: NOON + 31_000 })
    const heard = heardWork(world.store, 'jobs')
    await world.store.reportLane(lane, { kind: 'answered' }, NOON + 12_000)
    await heard
    expect(await claimedIn(NOON + 12_000)).toEqual(ids.slice(1))
  })

  test('when the process dies that had the probe, another may probe at once', async () => {
    const lane = await addLane()
    const ids = await waitingJobs(lane, 2)
    await breakLane(lane)
    const dyingId = await world.process()
    const now = NOON + 10_000
    expect(await world.store.claimJobs({ processId: dyingId, limit: 10, now })).toMatchObject([{ probe: true }])
    await world.store.releaseProcess(dyingId, now + 1)
    const claim = { processId: await world.process(), limit: 10, now: now + 1 }
    const [probe, ...others] = await world.store.claimJobs(claim)
    expect(ids).toContain(probe?.id)
    expect(probe?.probe).toBe(true)
    expect(others).toEqual([])
  })

  test('a new job is leased with its insert only while its lane is open and nobody waits there', async () => {
    const { id: accountId } = await world.account()
    const leasedBy = await world.process()
    const lane = await addLane()
    const insert = (createdAt: number, where = lane) =>
      world.store.insertJob({
        id: newId(),
        accountId,
        type: 'content_translate',
        input: '{}',
        jobWebhookUrl: null,
        createdAt,
        lane: where,
        leasedBy,
      })
    expect(await insert(NOON)).toEqual({ leased: true })
    await world.store.reportLane(lane, LIMITED, NOON)
    expect(await insert(NOON + 1)).toEqual({ leased: false })
    expect(await insert(NOON + 1, await addLane())).toEqual({ leased: true })
    // The pause has ended, but the job from before is still there, and comes first.
    expect(await insert(NOON + 60_000)).toEqual({ leased: false })
    expect(await claimedIn(NOON + 60_000)).toHaveLength(2)
    expect(await insert(NOON + 60_000)).toEqual({ leased: true })

    const broken = await addLane()
    await breakLane(broken)
    expect(await insert(NOON + 60_000, broken)).toEqual({ leased: false })
  })

  test('jobs of a lane that workers serve are not for runners', async () => {
    await waitingJobs(await addLane({ servedBy: 'worker' }))
    expect(await claimedIn()).toEqual([])
    expect(await world.store.nextJobDueAt(NOON)).toBeNull()
  })

  test('offline jobs have a lane that nothing pauses', async () => {
    for (let count = 0; count < 6; count++) await world.store.reportLane('offline', FAILED, NOON)
    await world.store.reportLane('offline', LIMITED, NOON)
    expect(await find('offline')).toMatchObject({ state: 'healthy', failures: 0, pausedUntil: null })
  })

  test('reports of many processes at once are all counted', async () => {
    const lane = await addLane()
    await Promise.all(Array.from({ length: 4 }, () => world.store.reportLane(lane, FAILED, NOON)))
    expect(await find(lane)).toMatchObject({ failures: 4 })
  })
}
