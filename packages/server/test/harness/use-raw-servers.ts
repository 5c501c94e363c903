import { afterEach } from 'vitest'
import { type RawServer, startRawServer } from './raw-server.ts'

/** Gives `startRawServer` for the tests of a file: what they start is closed after each. */
export function useRawServers(): typeof startRawServer {
  const servers: RawServer[] = []
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()))
  })
  return async (...parameters) => {
    const server = await startRawServer(...parameters)
    servers.push(server)
    return server
  }
}
