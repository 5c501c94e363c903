import { INPUT_MODES, isDeeper, PARAMETER_TYPES, RESULT_DEPTH_MAX } from '@ringback/contract'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { isoTime } from '../../lib/iso-time.ts'
import type { WorkflowRow } from '../../store/workflows.ts'
import { customPath, readDefinition } from '../../workflows/definition.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { isForm } from '../multipart/add-forms.ts'
import type { Upload, UploadDeps } from '../multipart/read-upload.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { type AcceptDeps, createAcceptJob } from './accept-job.ts'
import { dispatchHeadersSchema } from './dispatch.ts'
import { compatErrorSchema } from './errors.ts'
import { acceptUpload, uploadAnswers } from './upload.ts'

/** A workflow as clients of custom workflows read it (wire facts, 2.5): flat, default values as text or null. */
export const customWorkflowSchema = z.object({
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
  readonly workflows: Pick<Workflows, 'list' | 'get' | 'open'>
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

/** `POST /api/v1/custom/<slug>`: what the body must be, and whether it is JSON or a form, is for the workflow to say. */
export function dispatchCustom({ workflows }: Deps, deps: AcceptDeps & UploadDeps): Endpoint {
  return defineEndpoint({
    params: slugParamsSchema,
    // What the programs of receivers could not parse as a result, those of workers could not parse as parameters.
    body: z
      .unknown()
      .refine((body) => !isDeeper(body, RESULT_DEPTH_MAX), `is nested deeper than ${RESULT_DEPTH_MAX} levels`),
    form: z
      .looseObject({})
      .describe('The parameters of the workflow; with input_mode "multipart/form-data" as a form.'),
    headers: dispatchHeadersSchema,
    answers: { ...uploadAnswers, 404: compatErrorSchema, 409: compatErrorSchema },
    async handle(request, reply) {
      const { params, body } = request
      const workflow = await workflows.open(accountOf(request), params.slug)
      const acceptJob = createAcceptJob(workflow, deps)
      const runBy = workflow.runBy === 'worker' ? ({ runBy: 'worker' } as const) : {}
      if (isForm(request)) {
        if (workflow.inputMode !== 'multipart/form-data') throw noFormTaken(params.slug)
        const check = ({ fields, documents }: Upload) => ({ input: workflow.check(fields, documents), ...runBy })
        return acceptUpload(request, reply, { acceptJob, files: workflow.files, check }, deps)
      }
      const input = workflow.check(body, {})
      const { text } = await acceptJob(request, reply, {
        input,
        // Not the version: a request that is sent again means the job of the first time.
        bodyFingerprint: () => JSON.stringify(input.parameters),
        ...runBy,
      })
      return text
    },
  })
}

function noFormTaken(slug: string): AppError {
  return new AppError('request.unsupported_media_type', {
    detail: `The workflow "${slug}" takes its parameters as JSON with "Content-Type: application/json", not as a form.`,
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
