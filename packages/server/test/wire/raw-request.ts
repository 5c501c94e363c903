import { connect } from 'node:net'

/** A request exactly as a client writes it: names and values of headers in their case and order. */
export interface WireRequest {
  readonly method: 'GET' | 'POST'
  /** The request target, such as `/api/v1/ping`. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
}

export interface WireAnswer {
  readonly status: number
  /** By name in lower case; of a name that comes twice the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape, and a wrong look fails the test.
  readonly json: any
}

/** Sends the bytes of a request over a socket of its own and reads one answer, which must tell its length. */
export async function sendRaw(origin: string, { method, path, headers, body }: WireRequest): Promise<WireAnswer> {
  const { hostname, port, host } = new URL(origin)
  const lines = headers.map(([name, value]) => `${name}: ${name.toLowerCase() === 'host' ? host : value}\r\n`)
  const socket = connect(Number(port), hostname)
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  if (body) socket.write(body)
  let received = Buffer.alloc(0)
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer])
      const answer = readAnswer(received)
      // 1xx is only a word in between.
      if (answer) return answer
    }
  } finally {
    socket.destroy()
  }
  throw new Error(`the connection ended early: ${received}`)
}

/** The answer when all of it is there. */
function readAnswer(received: Buffer): WireAnswer | null {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return null
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const rest = received.subarray(headEnd + 4)
  if (status < 200) return readAnswer(rest)
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const length = Number(headers['content-length'])
  if (Number.isNaN(length)) throw new Error(`the answer does not tell its length: ${statusLine}`)
  if (rest.length < length) return null
  const text = rest.subarray(0, length).toString('utf8')
  return { status, headers, text, json: JSON.parse(text) }
}
