import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { createInnerApp } from './inner-app.ts'

/** Serves the files of a folder at `/`, with the compressed ones beside them. How long they are kept is said elsewhere. */
export async function buildFiles(folder: string): Promise<FastifyInstance> {
  const app = createInnerApp()
  app.register(fastifyStatic, { root: folder, index: false, preCompressed: true, cacheControl: false })
  await app.ready()
  return app
}
