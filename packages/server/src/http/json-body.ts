import { isUtf8 } from 'node:buffer'
import { REQUEST_BODY_BYTES_MAX } from '@ringback/contract'
import type { FastifyInstance } from 'fastify'
import { AppError, messageOf } from '../lib/errors.ts'

/** Longest piece of a header that an error repeats. */
const QUOTED_LENGTH_MAX = 100

/**
 * Takes JSON bodies and no others. An empty body is "no body", which the route's schema judges. `__proto__` and
 * `constructor.prototype` keys are dropped like any other unknown field, so nothing can be polluted with them.
 */
export function addJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parse = app.getDefaultJsonParser('remove', 'remove')
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: REQUEST_BODY_BYTES_MAX },
    (request, body, done) => {
      const { 'content-encoding': encoding = '' } = request.headers
      if (body.length === 0) {
        done(null, undefined)
      } else if (!/^(?:identity)?$/i.test(encoding)) {
        const detail = `Send the body as it is: "Content-Encoding: ${encoding.slice(0, QUOTED_LENGTH_MAX)}" is not taken.`
        done(new AppError('request.unsupported_media_type', { detail }))
      } else if (!isUtf8(body)) {
        // RFC 8259 section 8.1. Decoding would replace wrong bytes, and the job would work on something else.
        done(malformed('The body is not UTF-8.'))
      } else {
        const text = body.toString('utf8')
        request.jsonText = text
        parse(request, text, (error, value) => (error ? done(malformed(whereIsJsonWrong(text))) : done(null, value)))
      }
    },
  )
}

/** The framework's parser does not tell where it stopped. The text is the caller's own, and the answer goes only there. */
function whereIsJsonWrong(text: string): string {
  try {
    JSON.parse(text)
    return 'The body is not JSON.'
  } catch (error) {
    return `The body is not JSON: ${messageOf(error)}`
  }
}

function malformed(detail: string): AppError {
  return new AppError('request.malformed_json', { detail })
}
