import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import { FORM_FILES_MAX, REQUEST_BODY_BYTES_MAX } from '@ringback/contract'
import type { Clock } from '../../lib/clock.ts'
import { AppError } from '../../lib/errors.ts'
import { invalidRequest } from '../zod-problems.ts'

/** Text parts at most; the largest job type has three. */
const FIELDS_MAX = 100

/** Headers of one part. Clients send up to four short ones. */
const PART_HEADERS_MAX = 20
const PART_HEADER_BYTES_MAX = 8 * 1024

/** A client that sends nothing for so long is given up. */
const IDLE_MS_MAX = 30_000

/** A file part, as it comes. */
export interface FormFile {
  /** Name of the part. */
  readonly field: string
  /** As the client calls it, without folders; empty when it has none. */
  readonly name: string
  /** Its bytes, to be read to the end. Reading slowly slows the client down. */
  readonly bytes: Readable
}

export interface FormOptions {
  readonly clock: Clock
  /** A longer file is a 413 that names `sizeSetting`. */
  readonly fileBytesMax: number
  /** Most that the whole form can have; one that announces more is refused before it is read. */
  readonly formBytesMax: number
  readonly sizeSetting: string
  /** Takes a file part. When it throws, the form is read no further and its error is the answer. */
  readonly takeFile: (file: FormFile) => Promise<void>
}

/**
 * Reads a multipart form from a request: text parts into memory, each file part through `takeFile` while it comes. Parts
 * may come in any order. What is not read any more after an error is thrown away as it comes, so that the client gets
 * to read the answer.
 *
 * Not `@fastify/multipart`, whose parser this is: it parses JSON parts, keeps temporary files, and ends the
 * connection where we want to answer.
 * @returns the text parts by name
 * @throws AppError `request.malformed_multipart`, `request.too_large`, `request.invalid` (a part sent twice); what
 *   `takeFile` throws. Whatever it throws, no `takeFile` is under way any more.
 */
export async function readForm(request: IncomingMessage, options: FormOptions): Promise<Map<string, string>> {
  const fields = new Map<string, string>()
  const files: Promise<void>[] = []
  const seen = new Set<string>()
  let fieldBytes = 0
  let current: Readable | null = null
  let failure: { readonly error: unknown } | null = null

  if (Number(request.headers['content-length']) > options.formBytesMax) throw fileTooLarge('body', options)
  const parser = openParser(request, options.fileBytesMax)
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const stopWatching = watchProgress(request, options.clock, () => fail(tooSlow()))

  /** Reads no further. The first failure is the one that is told. */
  function fail(error: unknown): void {
    if (failure) return
    failure = { error }
    request.unpipe(parser)
    request.resume()
    current?.destroy(error instanceof Error ? error : new Error(String(error)))
    end()
  }

  function refuseSecond(name: string): void {
    if (seen.has(name)) fail(invalidRequest([{ field: name, message: 'was sent more than once' }]))
    seen.add(name)
  }

  parser.on('field', (name = '', value, _nameTruncated, valueTruncated) => {
    refuseSecond(name)
    fieldBytes += Buffer.byteLength(name) + Buffer.byteLength(value)
    if (valueTruncated || fieldBytes > REQUEST_BODY_BYTES_MAX) fail(fieldsTooLarge())
    fields.set(name, value)
  })
  parser.on('file', (field = '', bytes, name = '') => {
    refuseSecond(field)
    // Destroyed after its taker has left it, it would end the process with an error that nobody hears.
    bytes.on('error', () => {})
    // What the parser still has of the form comes after a failure too, and would be waited for without an end.
    if (failure) {
      bytes.destroy()
      return
    }
    current = bytes
    bytes.once('limit', () => fail(fileTooLarge(field, options)))
    files.push(options.takeFile({ field, name, bytes }).catch(fail))
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    parser.on(limit, () => fail(malformed('It has too many parts.')))
  }
  parser.on('error', (error) => fail(malformed('It ends in the middle of a part.', error)))
  parser.on('finish', end)
  request.once('close', () => {
    if (!request.complete) fail(malformed('The connection was closed in the middle of it.'))
  })
  request.pipe(parser)

  await ended
  stopWatching()
  // They never reject. What fails here fails after the last byte: while it was written.
  await Promise.all(files)
  // TypeScript does not see that the functions above assign it.
  const failed = failure as { readonly error: unknown } | null
  if (failed) throw failed.error
  return fields
}

function openParser(request: IncomingMessage, fileBytesMax: number): BusboyInstance {
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      limits: {
        fields: FIELDS_MAX,
        fieldSize: REQUEST_BODY_BYTES_MAX,
        files: FORM_FILES_MAX,
        fileSize: fileBytesMax,
        headerPairs: PART_HEADERS_MAX,
        headerSize: PART_HEADER_BYTES_MAX,
      },
    })
  } catch (error) {
    throw malformed('Its Content-Type names no boundary.', error)
  }
}

/** Calls `onStall` when the client has sent nothing for a while although we were reading. */
function watchProgress(request: IncomingMessage, clock: Clock, onStall: () => void): () => void {
  let bytesRead = request.socket.bytesRead
  let cancel = clock.after(IDLE_MS_MAX, look)
  function look(): void {
    const { bytesRead: bytesNow } = request.socket
    if (bytesNow === bytesRead && !request.isPaused()) {
      onStall()
      return
    }
    bytesRead = bytesNow
    cancel = clock.after(IDLE_MS_MAX, look)
  }
  return () => cancel()
}

function malformed(detail: string, cause?: unknown): AppError {
  return new AppError('request.malformed_multipart', { detail: `The body is no multipart form. ${detail}`, cause })
}

function tooSlow(): AppError {
  return new AppError('request.timeout', { detail: `Nothing more came for ${IDLE_MS_MAX / 1_000} s.` })
}

function fieldsTooLarge(): AppError {
  return new AppError('request.too_large', {
    detail: `The text parts of a form may have ${REQUEST_BODY_BYTES_MAX} bytes at most, all together.`,
  })
}

function fileTooLarge(field: string, { fileBytesMax, sizeSetting }: FormOptions): AppError {
  return new AppError('request.too_large', {
    detail: `${field}: is too large; a file may have ${fileBytesMax} bytes at most on this server (${sizeSetting}).`,
  })
}
