import { expect } from 'vitest'
import { createSqliteDatabase, startRingback } from '../../../packages/server/test/harness/ringback.ts'
import { until } from '../../../packages/server/test/harness/until.ts'
import type { Program } from './program.ts'
import { SECRET } from './suite.ts'

let addresses = 0

/** Sends a real delivery to a receiver on a port, which must accept it and print its result. */
export async function expectReceives(program: Program, port: number, path = '/hook'): Promise<void> {
  const database = await createSqliteDatabase()
  const ringback = await startRingback(database)
  try {
    const url = `http://127.0.0.1:${port}${path}`
    const webhook = { enabled: true, url, secret: SECRET, include_result: true }
    expect((await ringback.call('PATCH', '/api/v1/webhooks/default', webhook)).status).toBe(200)
    // Another each time, as a program may have received before.
    const address = `anna-${++addresses}@example.com`
    const job = { content: `write to ${address}` }
    expect((await ringback.call('POST', '/api/v1/content/detect_emails', job)).status).toBe(202)
    await program.printed(new RegExp(RegExp.escape(address)))
    const { attempt_count, status } = await until('the delivery is on record', async () => {
      const { json } = await ringback.call('GET', '/api/v1/deliveries')
      return json.data[0]?.attempt_count > 0 ? json.data[0] : null
    })
    expect({ attempt_count, status }).toEqual({ attempt_count: 1, status: 'delivered' })
  } finally {
    await ringback.stop()
    await database.drop()
  }
}
