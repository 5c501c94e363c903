import type { AddressReport } from '../address-health.ts'
import type { AttemptRecorded } from '../deliveries.ts'
import type { Attempted, Recording, World } from './world.ts'

type Failure = Extract<AddressReport, { kind: 'failed' }>

/**
 * Gives the function that records a failed attempt that ended at `at`; the delivery waits and is due again at once,
 * unless `change` says otherwise.
 */
export function failures(world: World) {
  return (
    delivery: Attempted,
    processId: string,
    at: number,
    failure: Partial<Failure> = {},
    change: Partial<Recording> = {},
  ): Promise<AttemptRecorded> => {
    const { probe } = delivery
    const report = { kind: 'failed', cause: 'status', slow: false, askedUntil: null, gone: false, probe } as const
    return world.record(delivery, processId, {
      cause: 'status',
      finishedAt: at,
      next: { status: 'waiting', nextAttemptAt: at },
      report: { ...report, ...failure },
      ...change,
    })
  }
}

/** Makes the address of an account's webhook failing with five of the deliveries that wait for it; gives until when. */
export async function failing(world: World, accountId: string, processId: string, at: number): Promise<number> {
  const webhook = await world.store.findWebhook(accountId, 'default')
  const fail = failures(world)
  for (const delivery of await world.claim(processId, { limit: 5, now: at })) await fail(delivery, processId, at)
  const address = await world.store.findAddress(webhook?.id ?? '')
  if (address?.state !== 'failing' || address.pausedUntil === null) throw new Error('five deliveries must wait')
  return address.pausedUntil
}
