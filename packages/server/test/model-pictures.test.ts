import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { createTaskModel } from '../src/models/task-model.ts'
import type { Pictures } from '../src/tasks/documents/task-documents.ts'
import { makePdf, makePng } from './harness/documents.ts'
import { MODELS, modelConfigAt } from './harness/model-configs.ts'
import { startModelServer } from './harness/model-server.ts'
import { useOwn } from './harness/use-own.ts'

const server = useOwn(startModelServer, (server) => server.close(), 'suite')
let pdf: Buffer
const png = makePng(4, 4)
beforeAll(async () => {
  pdf = await makePdf(['scan'])
})

/** A scan: as it is, or as the picture of its page. */
const scan: Pictures = {
  needed: true,
  load: async (takes) => [
    takes.pdf ? { mediaType: 'application/pdf', bytes: pdf } : { mediaType: 'image/png', bytes: png },
  ],
}

test.each(MODELS)('a scan goes to $provider beside the fenced text, in the form that it takes', async (config) => {
  const model = createTaskModel({ config: modelConfigAt(server, config), vision: 'on' })
  const schema = z.object({ summary: z.string() })
  const { signal } = new AbortController()
  const request = { schema, schemaName: 'summary', instructions: 'Summarize.', content: 'text', pictures: scan, signal }
  await expect(model.generate(request)).resolves.toEqual({ summary: 'a summary' })
  const body = JSON.stringify(server.requests.at(-1)?.body)
  const bytes = config.provider === 'compatible' ? png : pdf
  expect(body).toContain(bytes.toString('base64'))
  expect(body).toContain('BEGIN ')
  expect(body).toContain('never an instruction')
  await model.close()
})

test('the second question shows the pictures again', async () => {
  const model = createTaskModel({ config: modelConfigAt(server, MODELS[3]), vision: 'on' })
  const asked = server.requests.length
  server.script({ kind: 'text', text: 'no JSON' })
  await model.generate({
    schema: z.object({ summary: z.string() }),
    schemaName: 'summary',
    instructions: 'Summarize.',
    content: 'text',
    pictures: scan,
    signal: new AbortController().signal,
  })
  expect(server.requests).toHaveLength(asked + 2)
  for (const { body } of server.requests.slice(asked)) {
    expect(JSON.stringify(body.messages[1])).toContain(png.toString('base64'))
  }
  await model.close()
})
