import type { AddressInfo } from 'node:net'
import type { Config } from '../config.ts'
import type { HttpDeps } from '../http/deps.ts'
import { buildHttp } from '../http/server.ts'
import { EXIT_CODES, messageOf, StartError } from '../lib/errors.ts'
import type { Store } from '../store/store.ts'
import { VERSION } from '../version.ts'
import type { PortPart } from './free-port.ts'
import type { Ground } from './ground.ts'
import type { Part } from './part.ts'

/** Answers requests. */
export interface HttpPart extends Part {
  /** Where it listens, once it was started. */
  readonly origin: string
  /** @throws StartError when the address or the port cannot be used */
  start(): Promise<void>
}

export function createHttpPart(
  { config, clock, log, store, vault, metrics }: Ground,
  options: Omit<HttpDeps, 'config' | 'clock' | 'log' | 'store' | 'vault' | 'metrics' | 'isReady' | 'version'> & {
    readonly port: PortPart
  },
): HttpPart {
  const { port: reserved, ...deps } = options
  const http = buildHttp({
    ...deps,
    config,
    clock,
    log,
    store,
    vault,
    metrics: metrics.registry,
    isReady: () => checkReadiness(store),
    version: VERSION,
  })
  return {
    name: 'http',
    get origin() {
      const { port } = http.server.address() as AddressInfo
      return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
    },
    async start() {
      await reserved.letGo()
      await listen(http, config)
    },
    stop: () => http.close(),
  }
}

async function checkReadiness(store: Store): Promise<{ ready: boolean; reasons: string[] }> {
  try {
    await store.ping()
    return { ready: true, reasons: [] }
  } catch {
    return { ready: false, reasons: ['the database does not answer'] }
  }
}

async function listen(http: ReturnType<typeof buildHttp>, { host, port }: Config): Promise<void> {
  try {
    await http.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason =
      code === 'EADDRINUSE'
        ? `port ${port} on ${host} is in use; stop the other program or set RINGBACK_PORT`
        : `cannot listen on ${host}:${port}: ${messageOf(error)}`
    throw new StartError(EXIT_CODES.unavailable, [reason])
  }
}
