import type { Problem } from '@ringback/contract'
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici'
import type { Environment } from '../../config/parse-config.ts'
import { CommandError, EXIT_CODES, messageOf } from '../../lib/errors.ts'
import { API_BASE_PATH } from '../paths.ts'

/** What commands of a laptop need to talk to a server. */
export interface ServerOptions {
  /** Its address; else `RINGBACK_PUBLIC_URL`, else this machine. */
  readonly server?: string
  /** Else `RINGBACK_API_KEY`. */
  readonly apiKey?: string
}

/** The server answered something else than success. */
export class ServerError extends CommandError {
  readonly status: number
  /** Of the catalogue; null when what answered is no Ringback. */
  readonly code: string | null

  constructor(status: number, code: string | null, exitCode: number, problem: string) {
    super(exitCode, [problem])
    this.status = status
    this.code = code
  }
}

/** The server cannot be reached now. */
class ServerAwayError extends CommandError {}

export interface ServerClient {
  /** Without a slash at the end. */
  readonly server: string
  /**
   * One call, answered within {@link CALL_TIMEOUT_MS}.
   * @throws ServerError, ServerAwayError
   */
  call<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer>
  /**
   * A call whose answer goes on: gives it as it comes, without a limit of time.
   * @throws ServerError, ServerAwayError
   */
  stream(path: string, body: unknown, signal: AbortSignal): Promise<AsyncIterable<Buffer>>
  close(): Promise<void>
}

/** Where a server of one's own listens unless told otherwise. */
const SERVER_DEFAULT = 'http://localhost:4400'

/** Longest a call may take; a server answers in milliseconds, one that is starting in seconds. */
const CALL_TIMEOUT_MS = 15_000

/** Names of this machine: a proxy's own `localhost` is never what is meant. */
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * The way to a server. Proxies are those of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), as for curl.
 * @throws CommandError when there is no key, or the address is none
 */
export function createServerClient(options: ServerOptions, env: Environment): ServerClient {
  const server = readServer(options.server ?? env.RINGBACK_PUBLIC_URL ?? SERVER_DEFAULT)
  const key = options.apiKey ?? env.RINGBACK_API_KEY
  if (key === undefined || key === '') {
    throw new CommandError(EXIT_CODES.usage, [
      'there is no API key: give --api-key <key>, or set RINGBACK_API_KEY (keys create makes one on the server)',
    ])
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new CommandError(EXIT_CODES.usage, ['the API key has characters that no key has; copy it again'])
  }
  const origin = server.origin + server.pathname.replace(/\/+$/, '')
  const dispatcher = openDispatcher(server, env)
  const headers = { authorization: `Bearer ${key}` }

  async function send(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body: unknown,
    options: { signal?: AbortSignal; headersTimeout?: number; bodyTimeout?: number },
  ): Promise<Dispatcher.ResponseData> {
    try {
      return await request(`${origin}${API_BASE_PATH}${path}`, {
        method,
        dispatcher,
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        ...options,
      })
    } catch (error) {
      throw away(origin, error)
    }
  }

  async function check(answer: Dispatcher.ResponseData): Promise<void> {
    if (answer.statusCode < 300) return
    const text = await answer.body.text().catch(() => '')
    throw refused(origin, answer.statusCode, readProblem(text))
  }

  return {
    server: origin,
    async call<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) {
      const limits = { headersTimeout: CALL_TIMEOUT_MS, bodyTimeout: CALL_TIMEOUT_MS }
      const answer = await send(method, path, body, limits)
      await check(answer)
      const text = await answer.body.text().catch((error) => {
        throw away(origin, error)
      })
      if (text === '') return null as Answer
      try {
        return JSON.parse(text) as Answer
      } catch {
        throw noRingback(origin, answer.statusCode)
      }
    },
    async stream(path, body, signal) {
      const answer = await send('POST', path, body, { signal, headersTimeout: 0, bodyTimeout: 0 })
      await check(answer)
      return answer.body
    },
    close: () => dispatcher.destroy(),
  }
}

function readServer(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === '') {
    return url
  }
  const problem = `"${text}" is not the address of a server; write it like https://ringback.example.com`
  throw new CommandError(EXIT_CODES.usage, [problem])
}

function openDispatcher(server: URL, env: Environment): Dispatcher {
  if (LOOPBACK.test(server.hostname)) return new Agent()
  const first = (...names: string[]) =>
    names.map((name) => env[name]).find((value) => value !== undefined && value !== '')
  const httpProxy = first('http_proxy', 'HTTP_PROXY')
  const httpsProxy = first('https_proxy', 'HTTPS_PROXY')
  return new EnvHttpProxyAgent({
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    noProxy: first('no_proxy', 'NO_PROXY') ?? '',
  })
}

function readProblem(text: string): Problem | null {
  try {
    const problem = JSON.parse(text) as Partial<Problem>
    return typeof problem.code === 'string' && typeof problem.detail === 'string' ? (problem as Problem) : null
  } catch {
    return null
  }
}

function refused(origin: string, status: number, problem: Problem | null): ServerError {
  if (problem === null) return noRingback(origin, status)
  if (status === 401) {
    return new ServerError(status, problem.code, EXIT_CODES.usage, `${origin} does not know this API key`)
  }
  const exitCode = status >= 500 || status === 429 ? EXIT_CODES.unavailable : EXIT_CODES.usage
  return new ServerError(status, problem.code, exitCode, problem.detail)
}

function noRingback(origin: string, status: number): ServerError {
  const away = status === 502 || status === 503 || status === 504
  const problem = away
    ? `${origin} is there, but the server behind it is not (${status})`
    : `what answers at ${origin} is no Ringback server, or one that is older than this command (${status})`
  return new ServerError(status, null, away ? EXIT_CODES.unavailable : EXIT_CODES.usage, problem)
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there; is the server running?',
  ENOTFOUND: 'no such name in DNS',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to it',
  ECONNRESET: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  ETIMEDOUT: 'it does not answer',
}

function away(origin: string, error: unknown): ServerAwayError {
  const inner = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error
  const { code = '' } = inner as NodeJS.ErrnoException
  const reason = REASONS[code] ?? messageOf(inner)
  return new ServerAwayError(EXIT_CODES.unavailable, [`${origin} cannot be reached: ${reason}`], error)
}
