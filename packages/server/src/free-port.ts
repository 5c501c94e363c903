import { createServer } from 'node:net'
import type { Config } from './config.ts'

/**
 * Turns port 0, "any free one", into a port that is free now, in the port and in the address that clients are told.
 * Addresses of answers are made before the server listens, so the operating system's own choice would come too late.
 */
export async function withRealPort(config: Config): Promise<Config> {
  if (config.port !== 0) return config
  const port = await findFreePort(config.host)
  const isDefault = config.publicUrl === `http://localhost:${config.port}`
  return { ...config, port, publicUrl: isDefault ? `http://localhost:${port}` : config.publicUrl }
}

function findFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}
