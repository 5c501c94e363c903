import {
  idParamsSchema,
  newWorkflowSchema,
  pageQuerySchema,
  problemSchema,
  type Workflow,
  type WorkflowChangeRequest,
  workflowChangeSchema,
  workflowPageSchema,
  workflowSchema,
} from '@ringback/contract'
import { z } from 'zod'
import { isoTime } from '../../lib/iso-time.ts'
import type { WorkflowRow } from '../../store/workflows.ts'
import { customPath, readDefinition, type WorkflowDefinition } from '../../workflows/definition.ts'
import type { WantedChange, Workflows } from '../../workflows/workflows.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { pageOfAll } from './page.ts'

interface Deps<Action extends keyof Workflows> {
  readonly workflows: Pick<Workflows, Action>
}

/** `GET /api/v1/workflows` */
export function listWorkflows({ workflows }: Deps<'list'>): Endpoint {
  return defineEndpoint({
    query: pageQuerySchema,
    answers: { 200: workflowPageSchema, 422: problemSchema },
    handle: async (request) => pageOfAll(await workflows.list(accountOf(request)), request.query, showWorkflow),
  })
}

/** `POST /api/v1/workflows` */
export function createWorkflow({ workflows }: Deps<'create'>): Endpoint {
  return defineEndpoint({
    body: newWorkflowSchema,
    answers: { 201: workflowSchema, 409: problemSchema, 422: problemSchema },
    async handle(request, reply) {
      const { slug, is_active, name, description = null, instructions, ...body } = request.body
      const definition: WorkflowDefinition = {
        name,
        description,
        instructions,
        runBy: body.run_by,
        inputMode: body.input_mode,
        parameters: readParameters(body.parameters),
        outputSchema: body.output_schema,
      }
      reply.code(201)
      return showWorkflow(await workflows.create(accountOf(request), { slug, isActive: is_active, definition }))
    },
  })
}

/** `GET /api/v1/workflows/<id>` */
export function getWorkflow({ workflows }: Deps<'get'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 200: workflowSchema, 404: problemSchema },
    handle: async (request) => showWorkflow(await workflows.get(accountOf(request), request.params.id)),
  })
}

/** `PATCH /api/v1/workflows/<id>` */
export function changeWorkflow({ workflows }: Deps<'change'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    body: workflowChangeSchema,
    answers: { 200: workflowSchema, 404: problemSchema, 409: problemSchema, 422: problemSchema },
    async handle(request) {
      const { params, body } = request
      return showWorkflow(await workflows.change(accountOf(request), params.id, readChange(body)))
    },
  })
}

/** `DELETE /api/v1/workflows/<id>` */
export function removeWorkflow({ workflows }: Deps<'remove'>): Endpoint {
  return defineEndpoint({
    params: idParamsSchema,
    answers: { 204: z.null(), 404: problemSchema },
    async handle(request, reply) {
      await workflows.remove(accountOf(request), request.params.id)
      return reply.code(204).send()
    },
  })
}

function readChange(body: WorkflowChangeRequest): WantedChange {
  return {
    slug: body.slug,
    isActive: body.is_active,
    name: body.name,
    description: body.description,
    instructions: body.instructions,
    runBy: body.run_by,
    inputMode: body.input_mode,
    parameters: body.parameters && readParameters(body.parameters),
    outputSchema: body.output_schema,
  }
}

function readParameters(parameters: NonNullable<WorkflowChangeRequest['parameters']>) {
  return parameters.map(({ key, label = key, type, required = false, default_value = null }) => {
    return { key, label, type, required, default_value }
  })
}

function showWorkflow(row: WorkflowRow): Workflow {
  const definition = readDefinition(row.definition)
  return {
    id: row.id,
    slug: row.slug,
    job_type: row.type,
    name: definition.name,
    description: definition.description,
    instructions: definition.instructions,
    run_by: definition.runBy,
    input_mode: definition.inputMode,
    parameters: [...definition.parameters],
    output_schema: definition.outputSchema,
    is_active: row.isActive,
    version: row.version,
    endpoint: `/api/v1${customPath(row.type)}`,
    created_at: isoTime(row.createdAt),
    updated_at: isoTime(row.updatedAt),
  }
}
