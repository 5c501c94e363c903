import type { ReadDocument } from './task-documents.ts'

/** The text of a document for a model: its pages, each with its number, where it has more than one. */
export function pagesForModel({
  pages,
}: Pick<ReadDocument, 'pages'>): string | readonly { page: number; text: string }[] | undefined {
  if (pages.length > 1) return pages.map((text, index) => ({ page: index + 1, text }))
  return pages[0]
}
