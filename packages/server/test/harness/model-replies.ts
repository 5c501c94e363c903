import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type JsonSchema, sampleOf } from './json-sample.ts'
import { type AnswerEnd, envelope, type Wire } from './model-wire.ts'

/** What the model server does with one request: answer, or fail in one of the ways that providers fail in. */
export type ModelReply =
  /** An answer that fits the schema of the request; `value` replaces the made-up one. */
  | { readonly kind: 'ok'; readonly value?: unknown }
  /** The same with something around it. */
  | { readonly kind: 'dressed'; readonly as: keyof typeof DRESSES }
  /** The same, broken off in the middle, as if it were complete. */
  | { readonly kind: 'cut' }
  /** Valid JSON that does not fit. */
  | { readonly kind: 'wrong' }
  /** An answer whose text is exactly this. */
  | { readonly kind: 'text'; readonly text: string; readonly end?: AnswerEnd }
  /** A finished answer that a filter withheld. */
  | { readonly kind: 'filtered' }
  /** The model, or its provider, will not. */
  | { readonly kind: 'refusal' }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly message?: string
      readonly code?: string
    }
  /** A body of status 200 that is exactly this. */
  | { readonly kind: 'body'; readonly body: unknown }
  /** An answer that goes on as long as anybody reads it. */
  | { readonly kind: 'endless' }
  /** A page with status 200, as proxies serve it. */
  | { readonly kind: 'html' }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Breaks the connection before the answer, or in the middle of it. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'middle' }

/** What models put around JSON although they were asked not to. */
const DRESSES = {
  fence: (json: string) => `\`\`\`json\n${json}\n\`\`\``,
  prose: (json: string) => `Sure! Here it is: ${json} I hope it helps.`,
  thoughts: (json: string) => `<think>{"what":"now"}</think>\n\n${json}`,
}

function* spaces(): Generator<Buffer> {
  const piece = Buffer.alloc(1024 * 1024, ' ')
  for (;;) yield piece
}

/** Plays one reply in the wire format of its request. */
export function play(reply: ModelReply, wire: Wire, schema: JsonSchema | null, response: ServerResponse): void {
  const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  const answer = (text: string, end: AnswerEnd = 'stop') => json(200, envelope(wire, text, end))
  const fitting = JSON.stringify(schema ? sampleOf(schema) : {})
  switch (reply.kind) {
    case 'ok':
      return void answer(reply.value === undefined ? fitting : JSON.stringify(reply.value))
    case 'dressed':
      return void answer(DRESSES[reply.as](fitting))
    case 'cut':
      return void answer(fitting.slice(0, fitting.length / 2))
    case 'wrong':
      return void answer('{"unexpected":true}')
    case 'text':
      return void answer(reply.text, reply.end)
    case 'filtered':
      return void answer('', 'content_filter')
    case 'refusal':
      return void answer('I cannot help with that.', 'refusal')
    case 'status': {
      const { status, message = `scripted ${status}`, code = null, headers } = reply
      return void json(status, { error: { message, code, type: code } }, headers)
    }
    case 'html':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>')
    case 'body':
      return void json(200, reply.body)
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' })
      return void Readable.from(spaces()).pipe(response)
    case 'hang':
      return
    case 'reset':
      if (reply.when === 'before') return void response.socket?.resetAndDestroy()
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"choices":', () => response.socket?.resetAndDestroy())
      return
  }
}
