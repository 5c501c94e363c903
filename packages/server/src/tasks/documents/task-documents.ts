import type { DocumentRef } from './document-ref.ts'

/** What a model is shown besides text. */
export interface Picture {
  /** `application/pdf`, `image/png` or `image/jpeg`: what every provider with eyes takes. */
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** A document, or the part of it that is no text, for a model that can see. Nothing is loaded before `load`. */
export interface Pictures {
  /** Without them the content says nothing: a model that cannot see fails the job instead of guessing. */
  readonly needed: boolean
  /**
   * @param takes whether the model takes PDF as it is; otherwise the pictures of its pages come as PNG
   * @throws TaskError `document.too_large`, `document.unreadable`, `document.empty`
   */
  load(takes: { readonly pdf: boolean }): Promise<readonly Picture[]>
}

/** A document that was read. */
export interface ReadDocument {
  /** Text of each page; one page for kinds that know none. Visible text only, empty when there is none. */
  readonly pages: readonly string[]
  /** For what is no text; null when all of the document is. */
  readonly pictures: Pictures | null
}

/** Several documents of one job. */
export interface ReadDocuments {
  /** The pages of each, in the order they were asked for; none for one that is a picture. */
  readonly texts: readonly (readonly string[])[]
  /** For all that is no text, in the same order; null when everything is. */
  readonly pictures: Pictures | null
}

/** Reads the documents of a job, in a thread of its own, within limits of time, memory and pages. */
export interface TaskDocuments {
  /**
   * @throws TaskError `document.unreadable`, `document.encrypted`, `document.too_large`, `document.empty`,
   *   `document.gone`; the signal's reason when the job was aborted
   */
  read(ref: DocumentRef): Promise<ReadDocument>
  /** The same for several, which together may have as much text, and as many bytes of pictures, as one alone. */
  readAll(refs: readonly DocumentRef[]): Promise<ReadDocuments>
}
