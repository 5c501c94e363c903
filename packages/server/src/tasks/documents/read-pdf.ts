import { encode } from 'fast-png'
import { extractImages, extractText, getDocumentProxy } from 'unpdf'
import { TaskError } from '../task.ts'
import { PAGES_MAX, PICTURE_BYTES_MAX, PICTURES_MAX, PIXELS_MAX } from './limits.ts'
import { tooManyPages, tooManyPixels, unreadable } from './problems.ts'
import type { Picture } from './task-documents.ts'

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>

/** Text of each page; empty for pages that are pictures. */
export async function readPdfPages(bytes: Uint8Array): Promise<string[]> {
  const pdf = await openPdf(bytes)
  if (pdf.numPages > PAGES_MAX) throw tooManyPages(pdf.numPages, PAGES_MAX)
  const { text } = await extractText(pdf, { mergePages: false }).catch(refuse)
  return text
}

/**
 * The pictures that the pages of a scanned PDF consist of, as PNG, in order: for models that take pictures but no PDF.
 * What is drawn on a page by other means is not among them.
 */
export async function readPdfPictures(bytes: Uint8Array): Promise<Picture[]> {
  const pdf = await openPdf(bytes)
  if (pdf.numPages > PICTURES_MAX) throw tooManyPages(pdf.numPages, PICTURES_MAX)
  const pictures: Picture[] = []
  let size = 0
  for (let page = 1; page <= pdf.numPages; page++) {
    for (const { data, width, height, channels } of await extractImages(pdf, page).catch(refuse)) {
      if (width * height > PIXELS_MAX) throw tooManyPixels()
      const png = encode({ data: new Uint8Array(data), width, height, channels, depth: 8 })
      size += png.length
      if (size > PICTURE_BYTES_MAX || pictures.length === PICTURES_MAX) throw tooManyPixels()
      pictures.push({ mediaType: 'image/png', bytes: png })
    }
  }
  return pictures
}

async function openPdf(bytes: Uint8Array): Promise<Pdf> {
  // Verbosity 0: what is odd about a stranger's file is nothing for our standard error.
  return await getDocumentProxy(bytes, { verbosity: 0, stopAtErrors: false }).catch(refuse)
}

function refuse(error: unknown): never {
  const name = error instanceof Error ? error.name : ''
  if (name === 'PasswordException') {
    throw new TaskError('document.encrypted', 'The PDF is protected by a password; send it without one.', {
      cause: error,
    })
  }
  throw unreadable('PDF', error)
}
