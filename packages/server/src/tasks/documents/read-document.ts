import { CONTENT_LENGTH_MAX } from '@ringback/contract'
import { assertNever } from '../../lib/errors.ts'
import type { DocumentKind } from './kinds.ts'
import { empty, tooMuchText } from './problems.ts'
import type { Picture } from './task-documents.ts'
import { visibleTextOf } from './visible-text.ts'

/**
 * Visible text of each page of a document; kinds without pages have one. A scanned PDF has pages without text. Each
 * reader is loaded when the first document of its kind comes.
 * @throws TaskError `document.unreadable`, `document.encrypted`, `document.too_large`, `document.empty`
 */
export async function readPages(kind: DocumentKind, bytes: Uint8Array): Promise<string[]> {
  const pages = (await textOf(kind, bytes)).map(visibleTextOf)
  const length = pages.reduce((sum, page) => sum + page.length, 0)
  if (length > CONTENT_LENGTH_MAX) throw tooMuchText(length)
  if (kind !== 'pdf' && length === 0) throw empty()
  return pages
}

async function textOf(kind: DocumentKind, bytes: Uint8Array): Promise<string[]> {
  switch (kind) {
    case 'pdf':
      return await (await import('./read-pdf.ts')).readPdfPages(bytes)
    case 'docx':
      return [await (await import('./read-docx.ts')).readDocx(bytes)]
    case 'doc':
      return [await (await import('./read-doc.ts')).readDoc(bytes)]
    case 'rtf':
      return [(await import('./read-rtf.ts')).readRtf(bytes)]
    case 'txt':
      return [(await import('./read-txt.ts')).readTxt(bytes)]
    case 'jpeg':
    case 'png':
    case 'tiff':
      throw new Error(`${kind} has no text`)
    default:
      return assertNever(kind)
  }
}

/**
 * The pages of a document as pictures that models take: of a scanned PDF, and of TIFF, which no provider takes.
 * @throws TaskError `document.unreadable`, `document.encrypted`, `document.too_large`, `document.empty`
 */
export async function readPictures(kind: DocumentKind, bytes: Uint8Array): Promise<Picture[]> {
  const pictures =
    kind === 'pdf'
      ? await (await import('./read-pdf.ts')).readPdfPictures(bytes)
      : (await import('./read-tiff.ts')).readTiffPictures(bytes)
  if (pictures.length === 0) throw empty()
  return pictures
}
