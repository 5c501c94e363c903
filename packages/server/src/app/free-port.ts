import { createServer } from 'node:net'
import type { Config } from '../config.ts'
import type { Part } from './part.ts'

/** A configuration with a port that nobody else gets until it is let go. */
export interface PortPart extends Part {
  readonly config: Config
  /** Lets the port go, right before the server takes it. Calling it again does nothing. */
  letGo(): Promise<void>
}

/**
 * Turns port 0, "any free one", into a port that is free, in the port and in the address that clients are told.
 * Addresses of answers are made before the server listens, so the operating system's own choice would come too late.
 * The port is held meanwhile: a start takes long enough on a busy machine for another program to get the same one.
 */
export async function reservePort(config: Config): Promise<PortPart> {
  if (config.port !== 0) return { name: 'port', config, letGo: () => Promise.resolve() }
  const { port, letGo } = await holdFreePort(config.host)
  const isDefault = config.publicUrl === `http://localhost:${config.port}`
  const publicUrl = isDefault ? `http://localhost:${port}` : config.publicUrl
  return { name: 'port', config: { ...config, port, publicUrl }, letGo, stop: letGo }
}

function holdFreePort(host: string): Promise<{ port: number; letGo: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      resolve({
        port: address !== null && typeof address === 'object' ? address.port : 0,
        letGo: () => new Promise((closed) => server.close(() => closed())),
      })
    })
  })
}
