import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { unknownRoute } from '../errors.ts'
import { passOn } from './inner-app.ts'

/** Where the dashboard is; its routes are its own, so that links to any view of it work. */
export const DASHBOARD_PATH = '/dashboard'

/** What the server must know of the files of the dashboard. */
export interface Dashboard {
  current(): Promise<
    | { readonly state: 'ready'; readonly folder: string }
    | { readonly state: 'building' }
    | { readonly state: 'failed'; readonly reason: string }
  >
}

/** Everything from this server, nothing inline; nobody may frame it. */
const DASHBOARD_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The names of files below `assets/` have the hash of their content. */
const HASHED = /^assets\//

const YEAR_SECONDS = 365 * 24 * 60 * 60

/** What the names of our files look like; nothing that leads out of their folder does. */
const FILE = /^(?:assets\/)?[\w-]+(?:\.[\w-]+)+$/

/** A piece of a path that leads out of its folder. */
const UPWARDS = /(?:^|[\\/])\.\.?(?:[\\/]|$)/

/**
 * Serves the dashboard: its files, and for every other address below its path the page itself, which finds its view by
 * the address. Hashed files are kept by browsers for ever, the page never.
 */
export function addDashboard(app: FastifyInstance, dashboard: Dashboard): void {
  const options = { logLevel: 'warn', schema: { hide: true } } as const
  app.get(DASHBOARD_PATH, options, (_request, reply) => reply.redirect(`${DASHBOARD_PATH}/`))
  app.get(`${DASHBOARD_PATH}/*`, options, serve)

  /** What serves the files of the folder that was found; made by the first who asks for one. */
  let files: { readonly folder: string; readonly app: Promise<FastifyInstance> } | null = null

  function filesOf(folder: string): Promise<FastifyInstance> {
    if (files?.folder !== folder) {
      files = { folder, app: import('./dashboard-app.ts').then(({ buildFiles }) => buildFiles(folder)) }
    }
    return files.app
  }

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const found = await dashboard.current()
    reply.header('content-security-policy', DASHBOARD_CSP)
    reply.header('referrer-policy', 'no-referrer')
    reply.header('cross-origin-opener-policy', 'same-origin')
    const { '*': path } = request.params as { '*': string }
    if (path === LOOK_AGAIN_FILE) {
      return reply.header('cache-control', 'no-store').type('text/javascript; charset=utf-8').send(LOOK_AGAIN)
    }
    if (found.state !== 'ready') return sendNotReady(reply, found.state)
    const file = isView(path) ? 'index.html' : path
    if (!FILE.test(file) || !existsSync(join(found.folder, file))) throw unknownRoute()
    reply.header('cache-control', HASHED.test(file) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
    return await passOn(await filesOf(found.folder), `/${file}`, request, reply)
  }
}

/** Whether an address is that of a view. Names in it may have dots: a webhook is named by its host unless told. */
function isView(path: string): boolean {
  if (!path.includes('.')) return true
  return path.includes('/') && !HASHED.test(path) && !UPWARDS.test(path)
}

/** The script of the page that waits for the build. */
const LOOK_AGAIN_FILE = 'look-again.js'
const LOOK_AGAIN = 'setTimeout(() => location.reload(), 1000)\n'

/**
 * Looks again by itself, with a script: a `Refresh` header does nothing at an address with a fragment, which is what
 * sign-in links are (Chromium 153).
 */
function sendNotReady(reply: FastifyReply, state: 'building' | 'failed'): FastifyReply {
  const text =
    state === 'building'
      ? 'The dashboard is being built. This takes a few seconds; the page looks again by itself.'
      : 'The dashboard could not be built; the log of the server says why. The API works without it.'
  reply.code(503).header('cache-control', 'no-store').header('content-type', 'text/html; charset=utf-8')
  if (state === 'building') reply.header('retry-after', '1')
  const script = state === 'building' ? `<script src="${DASHBOARD_PATH}/${LOOK_AGAIN_FILE}"></script>` : ''
  return reply.send(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Ringback</title>${script}<p>${text}</p></html>`,
  )
}
