import { AppError } from '../../lib/errors.ts'
import { DOCUMENT_KINDS, type DocumentKind, namesOf } from './kinds.ts'

/** Longest piece of a file name that an error repeats. */
const QUOTED_LENGTH_MAX = 100

/** What `file-type` calls our kinds. */
const KIND_BY_TYPE: Readonly<Record<string, DocumentKind>> = {
  pdf: 'pdf',
  docx: 'docx',
  rtf: 'rtf',
  jpg: 'jpeg',
  png: 'png',
  tif: 'tiff',
}

/**
 * Containers whose beginning does not always show what is in them: a Word document may keep the file that says so behind
 * a picture. The name decides then, and reading the document proves it. A DOCX with a password is a compound file, too.
 */
const CONTAINERS: Readonly<Record<string, readonly DocumentKind[]>> = { zip: ['docx'], cfb: ['doc', 'docx'] }

/**
 * Tells what a file is from its first bytes and its name together: a file that is not what its name says is refused, for
 * one of the two is a mistake, or an attempt to have it read as something else.
 * @param head the first bytes: all of them, or at least 64 KiB
 * @throws AppError `document.not_accepted` with the reason and what would be accepted
 */
export async function detectKind(
  name: string,
  head: Uint8Array,
  accepts: readonly DocumentKind[],
): Promise<DocumentKind> {
  const claimed = kindOfName(name)
  const type = await typeOfBytes(head)
  const found = kindOfBytes(type, claimed, head)
  if (claimed !== null && found !== claimed) {
    const is = found ? DOCUMENT_KINDS[found].label : type ? `${type.toUpperCase()}` : 'something else'
    throw notAccepted(name, `is named like ${DOCUMENT_KINDS[claimed].label}, but its bytes are ${is}`, accepts)
  }
  if (found === null) {
    const is = type ? `is ${type.toUpperCase()}` : 'is of no known type'
    throw notAccepted(name, extensionOf(name) === '' ? `${is} and its name has no ending` : is, accepts)
  }
  if (!accepts.includes(found)) throw notAccepted(name, `is ${DOCUMENT_KINDS[found].label}`, accepts)
  return found
}

function notAccepted(name: string, what: string, accepts: readonly DocumentKind[]): AppError {
  const quoted = JSON.stringify(name.toWellFormed().slice(0, QUOTED_LENGTH_MAX))
  const endings = accepts.flatMap((kind) => DOCUMENT_KINDS[kind].extensions.map((extension) => `.${extension}`))
  return new AppError('document.not_accepted', {
    detail: `The file ${quoted} ${what}. Accepted here: ${namesOf(accepts)} (${endings.join(', ')}).`,
  })
}

function extensionOf(name: string): string {
  return /\.([^.\s]+)\s*$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

function kindOfName(name: string): DocumentKind | null {
  const extension = extensionOf(name)
  const kinds = Object.keys(DOCUMENT_KINDS) as DocumentKind[]
  return kinds.find((kind) => DOCUMENT_KINDS[kind].extensions.includes(extension)) ?? null
}

/** The name that `file-type` has for it; null when it knows none. Half a file can be more than it can bear. */
async function typeOfBytes(head: Uint8Array): Promise<string | null> {
  // Forty modules, loaded with the first file that comes (30 ms) and not at every start.
  const { fileTypeFromBuffer } = await import('file-type')
  try {
    return (await fileTypeFromBuffer(head))?.ext ?? null
  } catch {
    return null
  }
}

function kindOfBytes(type: string | null, claimed: DocumentKind | null, head: Uint8Array): DocumentKind | null {
  const kind = type === null ? undefined : (KIND_BY_TYPE[type] ?? containedKind(type, claimed))
  if (kind) return kind
  // Short signatures of other types are words, too: "BM", "MZ" and "ID3" begin texts.
  return claimed === 'txt' && looksLikeText(head) ? 'txt' : null
}

function containedKind(type: string, claimed: DocumentKind | null): DocumentKind | undefined {
  return CONTAINERS[type]?.find((kind) => kind === claimed)
}

/** No control characters but those of text; UTF-16, which is full of zeros, only with its byte order mark. */
function looksLikeText(head: Uint8Array): boolean {
  const [first, second] = head
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) return true
  return !head.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b) || byte === 0x7f)
}
