import type { WireRequest } from './raw-request.ts'

/**
 * What the published clients of SharpAPI write on the wire, recorded as requests of our own: header names, order and
 * values, how each escapes JSON, and how each builds multipart bodies. `Host` is filled in when a request is sent.
 */
export interface WireClient {
  readonly name: string
  get(path: string): WireRequest
  /** A dispatch with a JSON body; `fields` in the order in which they are written. */
  postJson(path: string, fields: JsonFields): WireRequest
  /** A dispatch with a document and text parts. */
  upload(path: string, file: WireFile, fields: Readonly<Record<string, string>>): WireRequest
}

/** PHP writes an empty list of parameters as `[]`. */
export type JsonFields = Readonly<Record<string, unknown>> | readonly []

export interface WireFile {
  readonly name: string
  /** What the client guesses from the name; the Python client sends none. */
  readonly type: string
  readonly content: Buffer
}

export interface WireAccess {
  /** The path of the base URL: `/api/v1`, or `/api/v1/` as some people write it. */
  readonly base: string
  readonly key: string
  /** Sent with every request, polls included, by clients whose header function was overridden. */
  readonly jobWebhook?: string
}

type Headers = [name: string, value: string][]

/** The Node clients: axios, and `form-data` with the file first. */
function nodeClient(access: WireAccess): WireClient {
  const boundary = '--------------------------515890814546601021194782'
  const common: Headers = [
    ['Accept', 'application/json'],
    ['Authorization', `Bearer ${access.key}`],
    ['User-Agent', 'SharpAPINodeClient/1.3.0'],
    ...jobWebhookHeader(access),
  ]
  const connection: Headers = [
    ['Accept-Encoding', 'gzip, compress, deflate, br'],
    ['Host', ''],
    ['Connection', 'keep-alive'],
  ]
  const post = (path: string, type: string, body: Buffer): WireRequest => ({
    method: 'POST',
    path: access.base + path,
    headers: [...common, ['Content-Type', type], ['Content-Length', String(body.length)], ...connection],
    body,
  })
  return {
    name: 'Node',
    get: (path) => ({ method: 'GET', path: access.base + path, headers: [...common, ...connection] }),
    postJson: (path, fields) => post(path, 'application/json', Buffer.from(JSON.stringify(fields))),
    upload(path, { name, type, content }, fields) {
      const parts = [
        part([`Content-Disposition: form-data; name="file"; filename="${name}"`, `Content-Type: ${type}`], content),
        ...Object.entries(fields).map(([field, text]) =>
          part([`Content-Disposition: form-data; name="${field}"`], Buffer.from(text)),
        ),
      ]
      return post(path, `multipart/form-data; boundary=${boundary}`, multipart(boundary, parts))
    },
  }
}

/**
 * The Python client: requests. Text parts come first, and the file part has no `Content-Type`. (Compared with what
 * `sharpapi-python-client` 1.2.1 prepares with requests 2.34: the same but for the boundary and the version.)
 */
function pythonClient(access: WireAccess): WireClient {
  const boundary = '4f1f6b1c2b7e4a0d9a3a5f1c8e2d7b60'
  const common: Headers = [
    ['Host', ''],
    ['User-Agent', 'SharpAPIPythonClient/1.2.0'],
    ['Accept-Encoding', 'gzip, deflate'],
    ['Accept', 'application/json'],
    ['Connection', 'keep-alive'],
    ['Authorization', `Bearer ${access.key}`],
    ...jobWebhookHeader(access),
  ]
  const post = (path: string, type: string, body: Buffer): WireRequest => ({
    method: 'POST',
    path: access.base + path,
    headers: [...common, ['Content-Length', String(body.length)], ['Content-Type', type]],
    body,
  })
  return {
    name: 'Python',
    get: (path) => ({ method: 'GET', path: access.base + path, headers: common }),
    // json.dumps: everything outside of ASCII is escaped, and there is a space after each colon and comma.
    postJson: (path, fields) => post(path, 'application/json', Buffer.from(escapeNonAscii(spacedJson(fields)))),
    upload(path, { name, content }, fields) {
      const parts = [
        ...Object.entries(fields).map(([field, text]) =>
          part([`Content-Disposition: form-data; name="${field}"`], Buffer.from(text)),
        ),
        part([`Content-Disposition: form-data; name="file"; filename="${name}"`], content),
      ]
      return post(path, `multipart/form-data; boundary=${boundary}`, multipart(boundary, parts))
    },
  }
}

/**
 * The PHP and Laravel clients: Guzzle. Parts have a `Content-Length` of their own unless they are empty, and the Laravel
 * client sends optional parameters that were not given as empty parts (give them as empty text).
 */
function phpClient(access: WireAccess): WireClient {
  const boundary = 'a5d1c2e0f4b3968778695a4b3c2d1e0f11223344'
  const common: Headers = [
    ['User-Agent', 'SharpAPIPHPAgent/1.3.0'],
    ['Host', ''],
    ['Authorization', `Bearer ${access.key}`],
    ['Accept', 'application/json'],
    ...jobWebhookHeader(access),
  ]
  const post = (path: string, type: string, body: Buffer): WireRequest => ({
    method: 'POST',
    path: access.base + path,
    headers: [['Content-Length', String(body.length)], ...common, ['Content-Type', type]],
    body,
  })
  const sizedPart = (headers: string[], content: Buffer) =>
    part(content.length > 0 ? [...headers, `Content-Length: ${content.length}`] : headers, content)
  return {
    name: 'PHP',
    get: (path) => ({ method: 'GET', path: access.base + path, headers: common }),
    // json_encode: everything outside of ASCII is escaped, and every slash.
    postJson: (path, fields) =>
      post(path, 'application/json', Buffer.from(escapeNonAscii(JSON.stringify(fields)).replaceAll('/', '\\/'))),
    upload(path, { name, type, content }, fields) {
      const disposition = `Content-Disposition: form-data; name="file"; filename="${name}"`
      const parts = [
        part([disposition, `Content-Length: ${content.length}`, `Content-Type: ${type}`], content),
        ...Object.entries(fields).map(([field, text]) =>
          sizedPart([`Content-Disposition: form-data; name="${field}"`], Buffer.from(text)),
        ),
      ]
      return post(path, `multipart/form-data; boundary=${boundary}`, multipart(boundary, parts))
    },
  }
}

/** The Flutter client: dio. Header names in lower case; uploads are sent without `Accept`. */
function flutterClient(access: WireAccess): WireClient {
  const boundary = '--dio-boundary-1712093312'
  const accept: Headers = [['accept', 'application/json']]
  const common: Headers = [
    ['user-agent', 'SharpAPIDartAgent/1.2.0'],
    ['accept-encoding', 'gzip'],
    ['authorization', `Bearer ${access.key}`],
    ...jobWebhookHeader(access),
    ['host', ''],
  ]
  const post = (path: string, headers: Headers, body: Buffer): WireRequest => ({
    method: 'POST',
    path: access.base + path,
    headers: [...common, ...headers, ['content-length', String(body.length)]],
    body,
  })
  return {
    name: 'Flutter',
    get: (path) => ({ method: 'GET', path: access.base + path, headers: [...common, ...accept] }),
    postJson: (path, fields) =>
      post(path, [...accept, ['content-type', 'application/json']], Buffer.from(JSON.stringify(fields))),
    upload(path, { name, type, content }, fields) {
      const parts = [
        ...Object.entries(fields).map(([field, text]) =>
          part([`content-disposition: form-data; name="${field}"`], Buffer.from(text)),
        ),
        part([`content-disposition: form-data; name="file"; filename="${name}"`, `content-type: ${type}`], content),
      ]
      const formData = `multipart/form-data; boundary=${boundary}`
      return post(path, [['content-type', formData]], multipart(boundary, parts))
    },
  }
}

export const WIRE_CLIENTS = [nodeClient, pythonClient, phpClient, flutterClient] as const

function jobWebhookHeader({ jobWebhook }: WireAccess): Headers {
  return jobWebhook === undefined ? [] : [['Job-Webhook', jobWebhook]]
}

/** A part without the boundary before it. */
function part(headers: readonly string[], content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${headers.join('\r\n')}\r\n\r\n`), content, Buffer.from('\r\n')])
}

function multipart(boundary: string, parts: readonly Buffer[]): Buffer {
  const begin = Buffer.from(`--${boundary}\r\n`)
  return Buffer.concat([...parts.flatMap((one) => [begin, one]), Buffer.from(`--${boundary}--\r\n`)])
}

function escapeNonAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** JSON as Python writes it; for the flat objects that clients send. */
function spacedJson(fields: JsonFields): string {
  if (Array.isArray(fields)) return '[]'
  const pairs = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return `{${pairs.join(', ')}}`
}
