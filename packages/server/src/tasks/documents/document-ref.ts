import { z } from 'zod'
import { DOCUMENT_KINDS, type DocumentKind } from './kinds.ts'

/**
 * A stored document as the input of a job names it. The dispatch writes it, never the caller: what a caller sends as
 * this field of a form is a file. The name is the caller's text; it is shown and never used as a path.
 */
export const documentRef = z.object({
  document_id: z.string(),
  name: z.string(),
  kind: z.enum(Object.keys(DOCUMENT_KINDS) as [DocumentKind, ...DocumentKind[]]),
  /** Bytes. */
  size: z.int(),
})

export type DocumentRef = z.output<typeof documentRef>
