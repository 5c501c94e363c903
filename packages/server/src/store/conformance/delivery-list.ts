import { expect, test } from 'vitest'
import type { DeliveryFilter } from '../deliveries.ts'
import { ENABLED, NOON, type OpenStore, useWorld } from './world.ts'

/** More than an account may wait for. */
const LISTS_OF_A_FLOOD = 300

export function describeDeliveryList(open: OpenStore): void {
  const world = useWorld(open)

  const idsOf = async (filter: DeliveryFilter) => (await world.store.listDeliveries(filter)).map(({ id }) => id)

  /** Eight deliveries: two of each combination of webhook or job webhook, translate or summarize; half are delivered. */
  async function filled() {
    const [account, processId] = await Promise.all([world.account(ENABLED), world.process()])
    const jobIds: string[] = []
    for (const type of ['content_translate', 'content_summarize']) {
      for (const jobWebhookUrl of ['https://job.example/', null]) {
        for (const record of [true, false]) {
          const { id, deliveries } = await world.endedJob(account.id, processId, { type, jobWebhookUrl })
          jobIds.push(id)
          if (record && deliveries[0]) await world.record(deliveries[0], processId, {})
        }
      }
    }
    const rows = await world.store.listDeliveries({ accountId: account.id, limit: 100 })
    expect(rows).toHaveLength(8)
    return { account, rows, jobIds }
  }

  test('rows are complete but for the body, newest first', async () => {
    const [account, processId] = await Promise.all([world.account(ENABLED), world.process()])
    const [first, second] = [await world.delivery(account.id, processId), await world.delivery(account.id, processId)]
    const rows = await world.store.listDeliveries({ accountId: account.id, limit: 10 })
    expect(rows.map(({ id }) => id)).toEqual([first.id, second.id].sort().reverse())
    const { body: _, ...row } = (await world.store.findDelivery(account.id, first.id)) ?? { body: '' }
    expect(rows).toContainEqual(row)
  })

  test('each filter alone and every two together give the rows that match', async () => {
    const { account, rows, jobIds } = await filled()
    const filters = {
      status: 'delivered',
      webhookId: account.webhookId,
      jobType: 'content_translate',
      jobId: jobIds[2] ?? '',
    } as const
    const names = Object.keys(filters) as (keyof typeof filters)[]
    for (const one of names) {
      for (const two of names) {
        const chosen = { [one]: filters[one], [two]: filters[two] }
        const expected = rows.filter((row) => row[one] === filters[one] && row[two] === filters[two])
        const found = await world.store.listDeliveries({ accountId: account.id, limit: 100, ...chosen })
        expect(found, JSON.stringify(chosen)).toEqual(expected)
      }
    }
    expect(await idsOf({ accountId: account.id, limit: 100, ...filters })).toHaveLength(1)
  })

  test('another account sees nothing of it, whatever it asks for', async () => {
    const { account, jobIds } = await filled()
    const other = await world.account(ENABLED)
    expect(await idsOf({ accountId: other.id, limit: 100 })).toEqual([])
    expect(await idsOf({ accountId: other.id, webhookId: account.webhookId, limit: 100 })).toEqual([])
    expect(await idsOf({ accountId: other.id, jobId: jobIds[0] ?? '', limit: 100 })).toEqual([])
  })

  test('pages neither skip nor repeat while deliveries are added', async () => {
    const { account, rows } = await filled()
    const processId = await world.process()
    const seen: string[] = []
    let beforeId: string | undefined
    for (;;) {
      const page = await idsOf({ accountId: account.id, limit: 3, ...(beforeId !== undefined && { beforeId }) })
      if (page.length === 0) break
      seen.push(...page)
      beforeId = page.at(-1)
      await world.delivery(account.id, processId)
    }
    expect(seen).toEqual(rows.map(({ id }) => id))
  })

  test('oldest first, pages neither skip nor repeat either, and see what is added meanwhile', async () => {
    const { account, rows } = await filled()
    const processId = await world.process()
    const seen: string[] = []
    const added: string[] = []
    for (let afterId: string | undefined; ; afterId = seen.at(-1)) {
      const page = await idsOf({ accountId: account.id, limit: 3, oldestFirst: true, ...(afterId && { afterId }) })
      if (page.length === 0) break
      seen.push(...page)
      if (added.length < 4) added.push((await world.delivery(account.id, processId)).id)
    }
    const old = rows.map(({ id }) => id).reverse()
    expect(seen.filter((id) => !added.includes(id))).toEqual(old)
    expect(seen.toSorted()).toEqual([...old, ...added].toSorted())
  })

  test('the way back from any row is the other order', async () => {
    const { account, rows } = await filled()
    const ids = rows.map(({ id }) => id)
    const [third = '', sixth = ''] = [ids[2], ids[5]]
    const back = { accountId: account.id, limit: 2, oldestFirst: true } as const
    expect(await idsOf({ ...back, afterId: third })).toEqual([ids[1], ids[0]])
    expect(await idsOf({ ...back, afterId: sixth })).toEqual([ids[4], ids[3]])
    expect(await idsOf({ ...back, afterId: third, beforeId: ids[0] ?? '' })).toEqual([ids[1]])
    const delivered = rows.filter(({ status }) => status === 'delivered').map(({ id }) => id)
    expect(await idsOf({ ...back, status: 'delivered' })).toEqual(delivered.toReversed().slice(0, 2))
  })

  test('a page combines its cursor with filters and has at most as many rows as asked for', async () => {
    const { account, rows } = await filled()
    const delivered = rows.filter(({ status }) => status === 'delivered').map(({ id }) => id)
    const filter = { accountId: account.id, status: 'delivered', limit: 2 } as const
    expect(await idsOf(filter)).toEqual(delivered.slice(0, 2))
    expect(await idsOf({ ...filter, beforeId: delivered[1] ?? '' })).toEqual(delivered.slice(2, 4))
  })

  test('the address is that of the job webhook, else what the webhook has now', async () => {
    const { account } = await filled()
    await world.store.updateWebhook(account.id, 'default', { url: 'https://moved.example/' }, NOON)
    const rows = await world.store.listDeliveries({ accountId: account.id, limit: 100 })
    for (const { webhookId, url } of rows) {
      expect(url).toBe(webhookId === null ? 'https://job.example/' : 'https://moved.example/')
    }
  })

  test('an account that asks for very many lists at once is refused some, and the others get theirs', async () => {
    const [flooding, other] = [await world.account(), await world.account()]
    const list = ({ id }: { id: string }) => world.store.listDeliveries({ accountId: id, limit: 1 })
    const flood = Promise.allSettled(Array.from({ length: LISTS_OF_A_FLOOD }, () => list(flooding)))
    expect(await list(other)).toEqual([])
    const refused = (await flood).filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(LISTS_OF_A_FLOOD)
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { code: 'request.rate_limited' } })
  })
}
