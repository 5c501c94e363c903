import { LISTENER_IN_HAND_MAX } from '@ringback/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { describePostgres } from './harness/describe-postgres.ts'
import { startTurningProxy } from './harness/http-proxies.ts'
import { listen } from './harness/listening.ts'
import { headersOf } from './harness/receiver.ts'
import { createPostgresDatabase, type Ringback, startRingback } from './harness/ringback.ts'
import { interruptAllCommands } from './harness/run-command.ts'
import { talkTo } from './harness/talk.ts'
import { useEngineDatabase } from './harness/use-database.ts'
import { useReceiver } from './harness/use-receivers.ts'

vi.setConfig({ testTimeout: 120_000 })

describePostgres('ringback listen behind a balancer before two processes', (_, server) => {
  const database = useEngineDatabase(() => createPostgresDatabase(server))
  let processes: Ringback[]
  beforeEach(async () => {
    processes = [await startRingback(database), await startRingback(database)]
  })
  afterEach(async () => {
    await interruptAllCommands()
    for (const { stop } of processes) await stop()
  })
  const receiver = useReceiver()

  test('every delivery comes once and is on record, whichever process ends the job, holds the stream or takes the answer', async () => {
    const proxy = await startTurningProxy(processes.map(({ app }) => app.origin))
    const command = await listen({ server: proxy.url, forward: receiver.url })
    const count = LISTENER_IN_HAND_MAX * 4
    const jobIds: string[] = []
    for (const { app } of processes) jobIds.push(...(await talkTo(() => ({ app })).dispatchMany(count / 2)))
    const talk = talkTo(() => processes[0] as Ringback)
    const delivered = await talk.deliveriesAre('status=delivered', count)
    expect(new Set(delivered.map(({ job_id }) => job_id))).toEqual(new Set(jobIds))
    expect(delivered.every(({ attempt_count }) => attempt_count === 1)).toBe(true)
    expect(new Set(receiver.requests.map((request) => headersOf(request)['webhook-id'])).size).toBe(count)
    expect(receiver.requests).toHaveLength(count)
    expect((await command.interrupt()).code).toBe(0)
    await proxy.close()
  })
})
