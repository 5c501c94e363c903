import { INPUT_MODES, PARAMETER_TYPES } from '@ringback/contract'
import { z } from 'zod'
import { isoTime } from '../../lib/iso-time.ts'
import type { WorkflowRow } from '../../store/workflows.ts'
import { customPath, readDefinition } from '../../workflows/definition.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { type AcceptDeps, createAcceptJob } from './accept-job.ts'
import { dispatchAnswers, dispatchHeadersSchema } from './dispatch.ts'
import { compatErrorSchema } from './errors.ts'

/** A workflow as clients of custom workflows read it (wire facts, 2.5): flat, default values as text or null. */
const customWorkflowSchema = z.object({
  slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  input_mode: z.enum(INPUT_MODES),
  output_schema: z.record(z.string(), z.unknown()).nullable(),
  is_active: z.boolean(),
  endpoint: z.string().describe('Where to post its jobs.'),
  created_at: z.string(),
  updated_at: z.string(),
  params: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      type: z.enum(PARAMETER_TYPES),
      required: z.boolean(),
      default_value: z.string().nullable(),
    }),
  ),
})

/** Rows in a page; clients ask for no more than the most. */
const PER_PAGE_DEFAULT = 15
const PER_PAGE_MAX = 100

const listQuerySchema = z.object({
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).default(PER_PAGE_DEFAULT).describe(`At most ${PER_PAGE_MAX} are given.`),
})

const listSchema = z.object({
  data: z.array(customWorkflowSchema),
  meta: z.object({
    pagination: z.object({ total: z.int(), per_page: z.int(), current_page: z.int(), total_pages: z.int() }),
  }),
})

const slugParamsSchema = z.object({ slug: z.string() })

interface Deps {
  readonly workflows: Pick<Workflows, 'list' | 'get' | 'accept'>
}

/** `GET /api/v1/custom`: pages by number, as its clients count. An account has few enough workflows to read them all. */
export function listCustom({ workflows }: Deps): Endpoint {
  return defineEndpoint({
    query: listQuerySchema,
    answers: { 200: listSchema, 422: compatErrorSchema },
    async handle(request) {
      const { page } = request.query
      const perPage = Math.min(request.query.per_page, PER_PAGE_MAX)
      const rows = await workflows.list(accountOf(request))
      return {
        data: rows.slice((page - 1) * perPage, page * perPage).map(showCustom),
        meta: {
          pagination: {
            total: rows.length,
            per_page: perPage,
            current_page: page,
            total_pages: Math.max(1, Math.ceil(rows.length / perPage)),
          },
        },
      }
    },
  })
}

/** `GET /api/v1/custom/<slug>` */
export function getCustom({ workflows }: Deps): Endpoint {
  return defineEndpoint({
    params: slugParamsSchema,
    answers: { 200: z.object({ data: customWorkflowSchema }), 404: compatErrorSchema },
    handle: async (request) => ({ data: showCustom(await workflows.get(accountOf(request), request.params.slug)) }),
  })
}

/** `POST /api/v1/custom/<slug>`: what the body must be is for the workflow to say. */
export function dispatchCustom({ workflows }: Deps, acceptDeps: AcceptDeps): Endpoint {
  return defineEndpoint({
    params: slugParamsSchema,
    body: z.unknown().describe('The parameters of the workflow.'),
    headers: dispatchHeadersSchema,
    answers: { ...dispatchAnswers, 404: compatErrorSchema, 409: compatErrorSchema },
    async handle(request, reply) {
      const { params, body } = request
      const { type, path, input, runBy } = await workflows.accept(accountOf(request), params.slug, body)
      const { text } = await createAcceptJob({ type, path }, acceptDeps)(request, reply, {
        input,
        // Not the version: a request that is sent again means the job of the first time.
        bodyFingerprint: () => JSON.stringify(input.parameters),
        ...(runBy === 'worker' && { runBy }),
      })
      return text
    },
  })
}

function showCustom(row: WorkflowRow): z.output<typeof customWorkflowSchema> {
  const { name, description, inputMode, parameters, outputSchema } = readDefinition(row.definition)
  return {
    slug: row.slug,
    name,
    description,
    input_mode: inputMode,
    output_schema: outputSchema,
    is_active: row.isActive,
    endpoint: `/api/v1${customPath(row.type)}`,
    created_at: isoTime(row.createdAt),
    updated_at: isoTime(row.updatedAt),
    params: [...parameters],
  }
}
