import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { stripHiddenCharacters } from '../src/lib/hidden-characters.ts'
import { createTaskModel } from '../src/models/task-model.ts'
import { documentRef } from '../src/tasks/documents/document-ref.ts'
import { TASKS } from '../src/tasks/registry.ts'
import type { Task } from '../src/tasks/task.ts'
import type { WorkflowDefinition } from '../src/workflows/definition.ts'
import type { WorkflowJobInput } from '../src/workflows/job-input.ts'
import { createWorkflowTasks } from '../src/workflows/workflow-task.ts'
import { INJECTIONS } from './fixtures/injections.ts'
import { MODELS, modelConfigAt } from './harness/model-configs.ts'
import { type ModelRequest, startModelServer } from './harness/model-server.ts'
import { DOCUMENT_REF, documentsSaying } from './harness/read-documents.ts'
import { useModel } from './harness/use-model.ts'
import { useOwn } from './harness/use-own.ts'

/*
 * What can be tested of prompt injection without a model: what is sent to it. Whatever a caller writes, and in whichever
 * field, the request differs from that of a harmless caller in one place only: between the markers of the user message.
 */

const HARMLESS = {
  content: 'a text, a addresses, a profanities',
  name: 'a name',
  language: 'German',
  file: DOCUMENT_REF,
}

/** What a harmless document says. */
const HARMLESS_DOCUMENT = 'a document'

const modelTasks = TASKS.filter(({ kind, input }) => kind === 'model' && input.safeParse(HARMLESS).success)

const server = useOwn(startModelServer, (server) => server.close(), 'suite')

/** An input with the hostile text in every field that takes it. */
function hostileInput(task: Task, hostile: string): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(task.input, { io: 'input' })
  const input: Record<string, unknown> = { ...HARMLESS }
  for (const field of Object.keys(properties)) {
    const value = [hostile, [hostile]].find((form) => task.input.safeParse({ ...HARMLESS, [field]: form }).success)
    if (value !== undefined) input[field] = value
  }
  return input
}

/** The request in three parts: all of it but the message, with one word for the marker; the marker; what it fences. */
function partsOf({ body }: ModelRequest): { frame: unknown; marker: string; fenced: string } {
  const text = JSON.stringify(body)
  const [, marker = ''] = /"BEGIN ([0-9a-f-]{36})\\n/.exec(text) ?? []
  const [, fenced = ''] = new RegExp(String.raw`"BEGIN ${marker}\\n(.*?)\\nEND ${marker}"`, 's').exec(text) ?? []
  const frame = JSON.parse(text.replace(`\\n${fenced}\\n`, '\\n…\\n').replaceAll(marker, 'marker'))
  return { frame, marker, fenced: JSON.parse(`"${fenced}"`) }
}

describe.each(MODELS)('whatever a caller writes to $provider', (config) => {
  const model = useModel(server, config)

  /** Runs the task and gives its first request. */
  async function sent(task: Task, input: unknown, document = HARMLESS_DOCUMENT): Promise<ModelRequest> {
    const before = server.requests.length
    const { signal } = new AbortController()
    const documents = documentsSaying(document)
    const run = Promise.resolve(task.run(task.input.parse(input), { model, signal, documents }))
    // What comes of it is not the question: a made-up quote may not stand in a hostile text.
    await run.catch(() => undefined)
    return server.requests[before] ?? expect.unreachable()
  }

  // The other providers send what this one sends in other envelopes, which some tasks show as well as all.
  const tasks = config.provider === 'compatible' ? modelTasks : modelTasks.filter((_, index) => index % 7 === 0)

  test.each(tasks)('$type sends the same request but for the text between the markers', async (task) => {
    const harmless = partsOf(await sent(task, HARMLESS))
    const markers = new Set([harmless.marker])
    for (const [name, hostile] of Object.entries(INJECTIONS)) {
      const input = hostileInput(task, hostile)
      const { frame, marker, fenced } = partsOf(await sent(task, input, hostile))
      expect(frame, name).toEqual(harmless.frame)
      expect(hostile).not.toContain(marker)
      markers.add(marker)

      // What the model reads is one JSON object, and each of its fields is what a caller wrote there, as people see it.
      const visible = stripHiddenCharacters(hostile.toWellFormed())
      const written = Object.values(JSON.parse(fenced) as Record<string, unknown>).flat()
      for (const text of written) {
        expect([visible, visible.trim(), ...Object.values(HARMLESS), 10], name).toContain(text)
      }
      expect(fenced, name).not.toMatch(/[\u200b\u202e\u{e0000}-\u{e01ef}]/u)
    }
    expect(markers.size).toBe(Object.keys(INJECTIONS).length + 1)
  })

  test('a workflow sends the same request but for what stands between the markers: values, files and their names', async () => {
    const sentFor = async (text: string) => {
      const { task, input } = await workflowJob(text)
      return partsOf(await sent(task, JSON.parse(input), text))
    }
    const harmless = await sentFor('harmless')
    for (const [name, hostile] of Object.entries(INJECTIONS)) {
      const { frame, fenced } = await sentFor(hostile)
      expect(frame, name).toEqual(harmless.frame)
      const visible = stripHiddenCharacters(hostile.toWellFormed())
      const expected = { text: visible, tags: [visible], letter: { file_name: visible, text: visible } }
      expect(JSON.parse(fenced), name).toEqual(expected)
    }
  })
})

/** A job of a workflow that has the text as every value, in a file and as the name of the file. */
async function workflowJob(text: string) {
  const definition: WorkflowDefinition = {
    name: 'Answer',
    description: null,
    instructions: 'Answer the letter.',
    runBy: 'model',
    inputMode: 'multipart/form-data',
    parameters: (['text', 'tags', 'letter'] as const).map((key) => ({
      key,
      label: key,
      type: key === 'letter' ? 'form_data_file' : 'form_data_text',
      required: true,
      default_value: null,
    })),
    outputSchema: { answer: 'string' },
  }
  const input: WorkflowJobInput = {
    workflow_version: 'version',
    parameters: { text, tags: [text] },
    documents: { letter: documentRef.parse({ ...DOCUMENT_REF, name: text }) },
  }
  const store = { findWorkflowVersion: async () => ({ definition: JSON.stringify(definition) }) }
  const job = { id: 'job', accountId: 'account', type: 'custom_answer', input: JSON.stringify(input) }
  return (await createWorkflowTasks({ store })(job)) ?? expect.unreachable()
}

test('a request has instructions and one message of the user, and neither tools nor other messages', async () => {
  for (const config of MODELS) {
    const model = createTaskModel({ config: modelConfigAt(server, config) })
    const [task] = modelTasks
    await task?.run(task.input.parse(HARMLESS), {
      model,
      signal: new AbortController().signal,
      documents: documentsSaying(HARMLESS_DOCUMENT),
    })
    const { body } = server.requests.at(-1) ?? expect.unreachable()
    const messages: { role: string }[] = body.messages ?? body.input ?? body.contents
    const roles = messages.map(({ role }) => role).filter((role) => role !== 'system' && role !== 'developer')
    expect(roles, config.provider).toEqual(['user'])
    for (const key of ['tools', 'tool_choice', 'toolConfig', 'functions']) expect(body).not.toHaveProperty(key)
    await model.close()
  }
})

test('the corpus has what the tests promise', () => {
  expect(Object.keys(INJECTIONS).length).toBeGreaterThanOrEqual(30)
  // Every free field of some task is filled with it, the wishes of callers among them.
  const filled = new Set(
    modelTasks.flatMap((task) =>
      Object.entries(hostileInput(task, 'PWNED')).flatMap(([field, value]) =>
        [value].flat().includes('PWNED') ? [field] : [],
      ),
    ),
  )
  for (const field of ['content', 'name', 'language', 'voice_tone', 'context', 'city', 'country', 'required_skills']) {
    expect(filled).toContain(field)
  }
})
