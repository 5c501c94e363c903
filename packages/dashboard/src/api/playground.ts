import { queryOptions, useMutation } from '@tanstack/react-query'
import { request } from './client.ts'

/** What of a JSON schema the forms of the playground read. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly maxLength?: number
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** The input of a job type: its schema, and whether it is sent as a form with a file. */
export interface InputSpec {
  readonly schema: JsonSchema
  readonly isForm: boolean
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      { post?: { requestBody?: { content: Readonly<Record<string, { schema?: JsonSchema }>> } } } | undefined
    >
  >
}

const openApiQuery = queryOptions({
  queryKey: ['openapi'],
  queryFn: ({ signal }) => request<OpenApi>('GET', '/openapi.json', { isOutsideApi: true, signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** The input that a path such as `/content/translate` takes; null when the description of the API has none. */
export const inputSpecQuery = (path: string) => ({
  ...openApiQuery,
  select: ({ paths }: OpenApi): InputSpec | null => {
    const content = paths[`/api/v1${path}`]?.post?.requestBody?.content ?? {}
    const form = content['multipart/form-data']?.schema
    const schema = form ?? content['application/json']?.schema
    return schema ? { schema, isForm: form !== undefined } : null
  },
})

/** Runs a job; its webhook goes to the URL, or where the account's webhooks are when there is none. */
export function useDispatch(path: string) {
  return useMutation({
    mutationFn: ({ body, jobWebhook }: { body: unknown; jobWebhook?: string | undefined }) =>
      request<{ job_id: string }>('POST', path, {
        body,
        ...(jobWebhook !== undefined && { headers: { 'job-webhook': jobWebhook } }),
      }),
  })
}
