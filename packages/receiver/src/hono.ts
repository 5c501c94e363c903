import type { ReceiveContext, WebhookReceiver } from './options.ts'

/** What the receiver needs of Hono's context. */
interface HonoContext {
  readonly req: {
    readonly raw: Request
    readonly bodyCache: { readonly text?: unknown; readonly arrayBuffer?: unknown }
    text(): Promise<string>
    arrayBuffer(): Promise<ArrayBuffer>
  }
  readonly executionCtx: { waitUntil(work: Promise<unknown>): void }
}

const ADVICE =
  'In Hono, read it with c.req.text(), c.req.json() or c.req.arrayBuffer() where it must be read before, and not with ' +
  'c.req.raw, c.req.parseBody() or c.req.formData().'

/**
 * A receiver as a handler of Hono: `app.post('/webhook', honoHandler(receiver))`. Where the platform has an execution
 * context (Cloudflare Workers), it goes on until the handler has ended.
 */
export function honoHandler(receiver: WebhookReceiver): (context: HonoContext) => Promise<Response> {
  return async (context) => {
    const { raw } = context.req
    const request = { method: raw.method, headers: raw.headers, body: await bodyOf(context), advice: ADVICE }
    const { status, headers, body } = await receiver.receive(request, contextOf(context))
    return new Response(body, { status, headers })
  }
}

/** The body; where a middleware read it through Hono, what Hono kept of it, which is unchanged. */
async function bodyOf({ req }: HonoContext): Promise<unknown> {
  if (req.bodyCache.arrayBuffer) return await req.arrayBuffer()
  if (req.bodyCache.text) return await req.text()
  return req.raw.bodyUsed ? false : req.raw.body
}

function contextOf(context: HonoContext): ReceiveContext {
  try {
    const { executionCtx } = context
    return { waitUntil: (work) => executionCtx.waitUntil(work) }
  } catch {
    // Hono throws where there is none, such as in Node: there the process goes on by itself.
    return {}
  }
}
