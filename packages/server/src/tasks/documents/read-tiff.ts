import { encode } from 'fast-png'
import UTIF from 'utif2'
import { TaskError } from '../task.ts'
import { PICTURE_BYTES_MAX, PICTURES_MAX, PIXELS_MAX } from './limits.ts'
import { tooManyPages, tooManyPixels, unreadable } from './problems.ts'
import type { Picture } from './task-documents.ts'

/** The pages of a TIFF as PNG, because no model provider takes TIFF. Sizes are checked before anything is unpacked. */
export function readTiffPictures(bytes: Uint8Array): Picture[] {
  try {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const pages = UTIF.decode(file)
    if (pages.length === 0) throw unreadable('TIFF')
    if (pages.length > PICTURES_MAX) throw tooManyPages(pages.length, PICTURES_MAX)
    const pictures: Picture[] = []
    let size = 0
    for (const page of pages) {
      const [width, height] = [numberOf(page.t256), numberOf(page.t257)]
      if (!(width > 0 && height > 0)) throw unreadable('TIFF')
      if (width * height > PIXELS_MAX) throw tooManyPixels()
      UTIF.decodeImage(file, page)
      const png = encode({ data: UTIF.toRGBA8(page), width, height, channels: 4, depth: 8 })
      size += png.length
      if (size > PICTURE_BYTES_MAX) throw tooManyPixels()
      pictures.push({ mediaType: 'image/png', bytes: png })
    }
    return pictures
  } catch (error) {
    throw error instanceof TaskError ? error : unreadable('TIFF', error)
  }
}

/** Tags hold lists; of width and height the first entry counts. */
function numberOf(tag: unknown): number {
  return Number(Array.isArray(tag) || ArrayBuffer.isView(tag) ? (tag as ArrayLike<number>)[0] : Number.NaN)
}
