import type { Dispatch } from './dispatch.ts'
import type { Fields } from './files.ts'
import type { CustomWorkflow } from './generated/api.ts'
import type { Settings } from './settings.ts'
import type { CallOptions, DispatchOptions, JobHandle } from './types.ts'

/** A page of custom workflows; pages are counted from 1. */
export interface CustomWorkflowPage {
  readonly data: CustomWorkflow[]
  readonly meta: {
    readonly pagination: { total: number; per_page: number; current_page: number; total_pages: number }
  }
}

export interface CustomDispatchOptions extends DispatchOptions {
  /** Sends a form, for workflows with the input mode `multipart/form-data`. With a file among the fields it is one anyway. */
  readonly form?: boolean
}

/** Custom workflows of the account. */
export interface CustomJobs {
  /** Dispatches a job of the workflow. You know what its result is; the server holds it to the workflow's schema. */
  <Result = unknown>(
    slug: string,
    fields?: Fields,
    options?: CustomDispatchOptions,
  ): Promise<JobHandle<`custom_${string}`, Result>>
  /** A page of the workflows. */
  list(page?: { readonly page?: number; readonly perPage?: number }, options?: CallOptions): Promise<CustomWorkflowPage>
  /** One workflow: its parameters, and the fields of its result. */
  describe(slug: string, options?: CallOptions): Promise<CustomWorkflow>
}

export function createCustom(settings: Settings, dispatch: Dispatch): CustomJobs {
  const get = async (path: string, options: CallOptions = {}) => {
    const request = { method: 'GET', url: `${settings.base}${path}`, signal: options.signal } as const
    return (await settings.send({ ...request, timeoutMs: settings.timeoutOf(options) })).json
  }
  const pathOf = (slug: string) => `/custom/${encodeURIComponent(slug)}`
  const post = async (slug: string, fields: Fields = {}, { form, ...options }: CustomDispatchOptions = {}) =>
    await dispatch({ path: pathOf(slug), type: `custom_${slug.replaceAll('-', '_')}`, asForm: form }, fields, options)
  return Object.assign(post as CustomJobs, {
    list: async ({ page = 1, perPage = 15 } = {}, options?: CallOptions) =>
      (await get(`/custom?page=${page}&per_page=${perPage}`, options)) as CustomWorkflowPage,
    describe: async (slug: string, options?: CallOptions) =>
      workflowOf(((await get(pathOf(slug), options)) as { data: unknown }).data),
  } satisfies Pick<CustomJobs, 'list' | 'describe'>)
}

/** SharpAPI may wrap a workflow as `{type, id, attributes}` (wire facts, 2.5). */
function workflowOf(data: unknown): CustomWorkflow {
  const { attributes } = data as { attributes?: unknown }
  return (attributes ?? data) as CustomWorkflow
}
