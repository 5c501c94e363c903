import { buildBodies, serialiseResult, type WebhookBodies } from './payload.ts'

/** The job of the announcement's own example. */
const SAMPLE_TYPE = 'content_translate'
const SAMPLE_STATUS = 'success'
const SAMPLE_RESULT = { content: 'ciao', from_language: 'English', to_language: 'Italian' }

/**
 * The bodies of a test: what a receiver gets for a finished translation. The job id is the caller's and made for this
 * test alone, so that receivers which drop what they have seen do not drop the second test.
 */
export function buildSampleBodies(
  jobId: string,
): WebhookBodies & { readonly type: string; readonly status: typeof SAMPLE_STATUS } {
  const bodies = buildBodies({
    id: jobId,
    status: SAMPLE_STATUS,
    type: SAMPLE_TYPE,
    error: null,
    resultText: serialiseResult(SAMPLE_RESULT),
    resultUrl: '',
  })
  return { ...bodies, type: SAMPLE_TYPE, status: SAMPLE_STATUS }
}
