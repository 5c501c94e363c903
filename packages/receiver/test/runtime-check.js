// Runs on every runtime, as JavaScript with the built package: see runtimes.test.ts.
import { deepStrictEqual, strictEqual } from 'node:assert'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import process from 'node:process'
import { createReceiver, verify } from '@ringback/receiver'
import { nodeHandler } from '@ringback/receiver/node'

const vectors = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const now = () => vectors.now_seconds * 1_000

function bodyOf({ body, body_base64, body_parts }) {
  if (body_parts) return body_parts.map(([text, times]) => text.repeat(times)).join('')
  return body ?? Uint8Array.from(atob(body_base64 ?? ''), (character) => character.charCodeAt(0))
}

for (const vector of vectors.cases) {
  const options = { scheme: vector.scheme, tolerance: vectors.tolerance_seconds, now }
  const judged = await verify(bodyOf(vector), vector.headers, vector.secrets, options).then(
    () => 'ok',
    (error) => error.code ?? error,
  )
  strictEqual(judged, vector.expected, vector.name)
}

const right = vectors.cases.find(({ expected, scheme }) => expected === 'ok' && scheme === 'standard')

/** A delivery comes twice, then a body that was changed, then one that is too long; `origin` is where. */
async function exercise(origin, receiver, handled) {
  const post = async (body) => {
    const response = await fetch(origin, { method: 'POST', headers: right.headers, body })
    return `${response.status} ${await response.text()}`
  }
  strictEqual(await post(right.body), '200 ok')
  strictEqual(await post(right.body), '200 duplicate')
  strictEqual(await post(`${right.body} `), '401 signature.mismatch')
  strictEqual(await post('x'.repeat(2_000)), '413 body.too_large')
  strictEqual((await fetch(origin)).status, 405)
  await receiver.drain()
  strictEqual(await post(right.body), '503 stopping')
  deepStrictEqual(handled, [JSON.parse(right.body)])
}

function receive() {
  const handled = []
  const onEvent = (event) => handled.push(event)
  return [createReceiver({ secret: right.secrets, onEvent, now, bodyBytesMax: 1_000 }), handled]
}

const checked = []

const [receiver, handled] = receive()
const server = createServer(nodeHandler(receiver))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
await exercise(`http://127.0.0.1:${server.address().port}/`, receiver, handled)
server.close()
checked.push('node:http')

if (globalThis.Deno) {
  const [own, ownHandled] = receive()
  const served = Deno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, (request) => own.fetch(request))
  await exercise(`http://127.0.0.1:${served.addr.port}/`, own, ownHandled)
  await served.shutdown()
  checked.push('Deno.serve')
}

if (globalThis.Bun) {
  const [own, ownHandled] = receive()
  const served = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: own.fetch })
  await exercise(`http://127.0.0.1:${served.port}/`, own, ownHandled)
  await served.stop(true)
  checked.push('Bun.serve')
}

console.log(`${vectors.cases.length} cases, ${checked.join(', ')}`)
process.exit()
