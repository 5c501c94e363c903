/** What a document can be. Each is told by its bytes and its name together (`detect-kind.ts`). */
export type DocumentKind = 'pdf' | 'docx' | 'doc' | 'rtf' | 'txt' | 'jpeg' | 'png' | 'tiff'

export interface DocumentKindSpec {
  /** What people call it. */
  readonly label: string
  /** Endings of file names, lower case. */
  readonly extensions: readonly string[]
}

export const DOCUMENT_KINDS: Readonly<Record<DocumentKind, DocumentKindSpec>> = {
  pdf: { label: 'PDF', extensions: ['pdf'] },
  docx: { label: 'DOCX', extensions: ['docx'] },
  doc: { label: 'DOC', extensions: ['doc'] },
  rtf: { label: 'RTF', extensions: ['rtf'] },
  txt: { label: 'TXT', extensions: ['txt'] },
  jpeg: { label: 'JPEG', extensions: ['jpg', 'jpeg', 'jpe'] },
  png: { label: 'PNG', extensions: ['png'] },
  tiff: { label: 'TIFF', extensions: ['tiff', 'tif'] },
}

/** Kinds that are read as text (wire facts, section 2.2). */
export const TEXT_KINDS: readonly DocumentKind[] = ['pdf', 'docx', 'doc', 'txt', 'rtf']

/** Kinds that only a model can read that sees. */
export const PICTURE_KINDS: readonly DocumentKind[] = ['jpeg', 'png', 'tiff']

/** "PDF, DOCX or TXT", for messages. */
export function namesOf(kinds: readonly DocumentKind[]): string {
  const labels = kinds.map((kind) => DOCUMENT_KINDS[kind].label)
  const last = labels.pop() ?? ''
  return labels.length === 0 ? last : `${labels.join(', ')} or ${last}`
}
