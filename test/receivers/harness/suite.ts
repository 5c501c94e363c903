import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest'
import { type ReceivedRequest, type Receiver, startReceiver } from '../../../packages/server/test/harness/receiver.ts'
import {
  createSqliteDatabase,
  type EngineDatabase,
  freePort,
  type Ringback,
  startRingback,
} from '../../../packages/server/test/harness/ringback.ts'
import { until } from '../../../packages/server/test/harness/until.ts'
import { killAllPrograms } from './program.ts'

export const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

/** The settings of a receiver under test: environment variables of its program. */
export type ReceiverSettings = Record<'PORT' | 'SECRET' | 'GATE' | 'SEEN' | 'OUTPUT', string>

/**
 * A program that receives webhooks on `127.0.0.1:$PORT`. For each it appends lines to the file `$OUTPUT`: `log <JSON>` of what
 * the receiver logs, `handled <delivery id> <type>` when the handler ended, and `error <message> <delivery id>`. The handler waits until
 * the file `$GATE` is there, and fails with the message `the gate says fail` when its text is `fail`.
 * `$SEEN` is a folder to remember deliveries in, where memory does not outlive a request.
 */
export interface ReceiverUnderTest {
  readonly name: string
  /** Skips the test, when the language is not there. */
  readonly needs: (context: TestContext) => void
  /** Resolves when it can be called. Programs are killed by the suite; what else has to be stopped is given back. */
  readonly start: (settings: ReceiverSettings) => Promise<(() => Promise<unknown>) | undefined>
  /** False where the platform cannot go on after the answer: the answer then waits for the handler. */
  readonly background?: boolean
}

/** What every receiver in every language does with deliveries of a real Ringback. */
export function describeReceiver({ name, needs, start, background = true }: ReceiverUnderTest): void {
  describe(`${name}, called by a real Ringback`, () => {
    let database: EngineDatabase
    let ringback: Ringback
    let tee: Receiver
    let folder: string
    let settings: ReceiverSettings
    let stop: (() => Promise<unknown>) | undefined

    beforeEach(async (context) => {
      needs(context)
      folder = mkdtempSync(join(tmpdir(), 'ringback-receiver-'))
      const at = (file: string) => join(folder, file)
      const port = String(await freePort())
      settings = { PORT: port, SECRET, GATE: at('gate'), SEEN: at('seen'), OUTPUT: at('output') }
      writeFileSync(settings.OUTPUT, '')
      stop = await start(settings)
      tee = await startTee(`http://127.0.0.1:${port}/hook`)
      database = await createSqliteDatabase()
      ringback = await startRingback(database)
      await setWebhook({ secret: SECRET })
    })
    afterEach(async () => {
      await ringback?.stop()
      await tee?.close()
      await killAllPrograms()
      await stop?.()
      await database?.drop()
      if (folder) rmSync(folder, { recursive: true })
    })

    const setWebhook = async (change: object) => {
      const all = { enabled: true, url: tee.url, include_result: true, ...change }
      expect((await ringback.call('PATCH', '/api/v1/webhooks/default', all)).status).toBe(200)
    }
    const dispatch = async () => {
      const answer = await ringback.call('POST', '/api/v1/content/detect_emails', {
        content: 'größer: anna@example.com',
      })
      expect(answer.status).toBe(202)
      return answer.json.job_id as string
    }
    /** The delivery of a job, as soon as one attempt more than `after` is on record. */
    const attempted = (jobId: string, after = 0) =>
      until(`attempt ${after + 1} is on record`, async () => {
        const { json } = await ringback.call('GET', `/api/v1/deliveries?job_id=${jobId}`)
        const [row] = json.data
        if (!row) return null
        const delivery = (await ringback.call('GET', `/api/v1/deliveries/${row.id}`)).json
        return delivery.attempts.length > after ? delivery : null
      })
    const resend = async (id: string) =>
      expect((await ringback.call('POST', `/api/v1/deliveries/${id}/resend`)).status).toBe(202)
    const lines = () => readFileSync(settings.OUTPUT, 'utf8').split('\n').filter(Boolean)
    const logged = () =>
      lines()
        .filter((line) => line.startsWith('log '))
        .map((line) => JSON.parse(line.slice(4)))
    const says = (line: string) => until(`"${line}" is said`, () => (lines().includes(line) ? true : null))
    const openGate = (text: 'go' | 'fail') => writeFileSync(settings.GATE, text)
    const post = (request: ReceivedRequest, body: string | Buffer = request.body) =>
      fetch(`http://127.0.0.1:${settings.PORT}/hook`, { method: 'POST', headers: forwarded(request), body })

    test('a delivery is verified, logged, answered with 200 and handled; the same again is not', async () => {
      if (!background) openGate('go')
      const jobId = await dispatch()
      const delivery = await attempted(jobId)
      expect(delivery.status, JSON.stringify(delivery.attempts)).toBe('delivered')
      const line = { outcome: 'accepted', delivery_id: delivery.id, type: 'content_detect_emails' }
      const handled = { ...line, outcome: 'handled', duration_ms: 0 }
      if (background) expect(logged()).toEqual([line])
      if (background) {
        // Answered and recorded, and the handler still waits.
        expect(lines()).toHaveLength(1)
        openGate('go')
      }
      await until('its end is logged', () => (logged().length === 2 ? true : null))
      expect(lines()).toContain(`handled ${delivery.id} content_detect_emails`)

      await resend(delivery.id)
      const again = await attempted(jobId, 1)
      expect(again.status).toBe('delivered')
      expect(logged()).toEqual([line, handled, { ...line, outcome: 'duplicate' }])
      expect(lines().filter((each) => each.startsWith('handled'))).toHaveLength(1)
    })

    test('while the secret is rotated the old one is right; then, or changed on the way, it is refused with 401', async () => {
      openGate('go')
      const rotate = async (grace: string) =>
        expect((await ringback.call('POST', '/api/v1/webhooks/default/rotate-secret', { grace })).status).toBe(200)
      await rotate('1h')
      const rotating = await attempted(await dispatch())
      expect(rotating.status, JSON.stringify(rotating.attempts)).toBe('delivered')
      await says(`handled ${rotating.id} content_detect_emails`)

      const request = await tee.request(1)
      const tampered = await post(request, request.body.toString().replace('anna', 'eve'))
      expect([tampered.status, await tampered.text()]).toEqual([401, 'signature.mismatch'])

      await rotate('0s')
      const delivery = await attempted(await dispatch())
      expect(delivery.status).toBe('waiting')
      expect(delivery.attempts[0].response).toMatchObject({ status: 401, body: 'signature.mismatch' })
      const refused = {
        outcome: 'refused',
        code: 'signature.mismatch',
        message: expect.stringContaining('No signature'),
      }
      expect(logged().filter(({ outcome }) => outcome === 'refused')).toEqual([refused, refused])
      expect(lines().filter((each) => each.startsWith('handled'))).toHaveLength(1)
    })

    test('a handler that fails is reported, and runs again when the delivery is sent again', async () => {
      openGate('fail')
      const jobId = await dispatch()
      const delivery = await attempted(jobId)
      expect(delivery.status).toBe('delivered')
      await says(`error the gate says fail ${delivery.id}`)

      openGate('go')
      // Forgetting comes after reporting: sent again until it is not a duplicate.
      let attempts = 1
      await until('the delivery is handled', async () => {
        await resend(delivery.id)
        await attempted(jobId, attempts++)
        return logged().filter(({ outcome }) => outcome === 'accepted').length === 2 ? true : null
      })
      await says(`handled ${delivery.id} content_detect_emails`)
    })

    test('what is no POST, has no signature or is too large gets its own answer', async () => {
      const url = `http://127.0.0.1:${settings.PORT}/hook`
      const get = await fetch(url)
      expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
      const bare = await fetch(url, { method: 'POST', body: '{"type":"content_translate"}' })
      expect([bare.status, await bare.text()]).toEqual([401, 'signature.missing'])
      // One byte over 1 MiB.
      const large = await fetch(url, { method: 'POST', body: 'x'.repeat(1_048_577) })
      expect([large.status, await large.text()]).toEqual([413, 'body.too_large'])
      expect(logged().map(({ code }) => code)).toEqual(['signature.missing', 'body.too_large'])
    })
  })
}

/** The headers of a request without those of its connection. */
function forwarded(request: ReceivedRequest): [string, string][] {
  const ofConnection = /^(host|connection|content-length|transfer-encoding|keep-alive)$/i
  return request.headers.filter(([name]) => !ofConnection.test(name)).map(([name, value]) => [name, value])
}

/** A receiver that keeps what it gets, hands it on unchanged, and answers what it was answered. */
async function startTee(target: string): Promise<Receiver> {
  const tee = await startReceiver()
  tee.answerWith(async (request, response) => {
    try {
      const answer = await fetch(target, { method: 'POST', headers: forwarded(request), body: request.body })
      response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(await answer.text())
    } catch (error) {
      response.writeHead(502).end(String(error))
    }
  })
  return tee
}
