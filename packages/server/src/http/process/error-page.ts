import { ERRORS, JOB_ERRORS } from '@ringback/contract'
import { z } from 'zod'
import { defineEndpoint, type Endpoint } from '../route.ts'

/** The page is text and nothing else: no script, no style, no request to anywhere. */
const PAGE_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `GET /docs/errors`: where the `type` of every problem points, one section a code. */
export function errorPage(): Endpoint {
  const page = renderErrorPage()
  return defineEndpoint({
    answers: { 200: z.string() },
    contentType: 'text/html',
    handle(_request, reply) {
      reply.header('content-type', 'text/html; charset=utf-8')
      reply.header('content-security-policy', PAGE_CSP)
      return page
    },
  })
}

// Codes and titles are ours and hold nothing that HTML would read as markup.
function renderErrorPage(): string {
  const http = Object.entries(ERRORS).map(
    ([code, { status, title }]) => `<h2 id="${code}">${code}</h2><p>${title}. Answered with ${status}.</p>`,
  )
  const jobs = Object.entries(JOB_ERRORS).map(([code, title]) => `<h2 id="${code}">${code}</h2><p>${title}.</p>`)
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Ringback: errors</title>',
    '<h1>Errors of the API</h1>',
    ...http,
    '<h1>Errors of failed jobs</h1>',
    ...jobs,
    '</html>',
  ].join('\n')
}
