import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import mammoth from 'mammoth'
import { TaskError } from '../task.ts'
import { XML_BYTES_MAX, ZIP_ENTRIES_MAX } from './limits.ts'
import { unreadable } from './problems.ts'

/** The parts of a document that have text, or say where it is. Pictures and embedded files are not even unpacked. */
const TEXT_PARTS = /^(?:\[Content_Types\]\.xml|_rels\/.*|word\/[^/]+\.xml|word\/_rels\/.*)$/

/** A document with a password is no ZIP but a compound file with this stream, named in UTF-16. */
const ENCRYPTED_STREAM = Buffer.from('EncryptedPackage', 'utf16le')

/**
 * Text of a Word document, without what Word hides. The text parts are unpacked here, within a limit, and given to
 * `mammoth` as a new file: it sees nothing whose size was not checked, and unpacks nothing itself.
 */
export async function readDocx(bytes: Uint8Array): Promise<string> {
  if (bytes[0] === 0xd0 && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(ENCRYPTED_STREAM)) {
    throw new TaskError('document.encrypted', 'The DOCX is protected by a password; send it without one.')
  }
  const parts = unpackText(bytes)
  for (const [name, part] of Object.entries(parts)) {
    if (name.startsWith('word/')) parts[name] = strToU8(withoutHiddenRuns(strFromU8(part)))
  }
  // People put their names and addresses into headers, which `mammoth` leaves out: they are read as documents, too.
  const beside = (kind: string) =>
    Object.keys(parts)
      .filter((name) => name.startsWith(`word/${kind}`))
      .map((name) => asDocument(parts, name))
  const texts: string[] = []
  for (const document of [...beside('header'), parts, ...beside('footer')]) {
    const text = await rawTextOf(document)
    // Headers of the first page, of odd and of even pages are often the same.
    if (!texts.includes(text)) texts.push(text)
  }
  return texts.join('\n\n')
}

type Parts = Readonly<Record<string, Uint8Array>>

async function rawTextOf(parts: Parts): Promise<string> {
  try {
    return (await mammoth.extractRawText({ buffer: Buffer.from(zipSync(parts, { level: 0 })) })).value
  } catch (error) {
    throw unreadable('DOCX', error)
  }
}

/** The same file with a header or footer in the place of the document. */
function asDocument(parts: Parts, name: string): Parts {
  const xml = strFromU8(parts[name] ?? new Uint8Array())
    .replace(/<w:(?:hdr|ftr)(?=[\s>])([^>]*)>/, '<w:document$1><w:body>')
    .replace(/<\/w:(?:hdr|ftr)>/, '</w:body></w:document>')
  const relations = parts[name.replace('word/', 'word/_rels/').concat('.rels')]
  const { 'word/_rels/document.xml.rels': _, ...others } = parts
  return {
    ...others,
    'word/document.xml': strToU8(xml),
    ...(relations && { 'word/_rels/document.xml.rels': relations }),
  }
}

function unpackText(bytes: Uint8Array): Record<string, Uint8Array> {
  let size = 0
  let entries = 0
  try {
    return unzipSync(bytes, {
      // The sizes are the file's own words, and the unpacker gives each part exactly that much room and no more.
      filter({ name, originalSize }) {
        if (++entries > ZIP_ENTRIES_MAX) throw tooLarge()
        if (!TEXT_PARTS.test(name)) return false
        size += originalSize
        if (size > XML_BYTES_MAX) throw tooLarge()
        return true
      },
    })
  } catch (error) {
    throw error instanceof TaskError ? error : unreadable('DOCX', error)
  }
}

function tooLarge(): TaskError {
  return new TaskError('document.too_large', `The DOCX has more than ${XML_BYTES_MAX / 1024 / 1024} MiB of text parts.`)
}

/**
 * Beginnings and ends of runs, and the mark that hides the run it stands in. No mark goes beyond the next `<`, which XML does not
 * have in attributes: a search for the end of each of many unfinished marks would go to the end of the file each time.
 */
const RUN_MARKS = /<w:r(?:\s[^<>]*)?>|<\/w:r>|<w:(?:vanish|webHidden)(?:\s[^<>]*)?\/>/g

/** Cuts out runs that Word shows to nobody: the usual place for words to a model that a reader must not see. */
function withoutHiddenRuns(xml: string): string {
  const open: { start: number; hidden: boolean }[] = []
  let kept = ''
  let keptTo = 0
  for (const { 0: mark, index } of xml.matchAll(RUN_MARKS)) {
    const run = open.at(-1)
    if (mark.startsWith('<w:r') && !mark.endsWith('/>')) open.push({ start: index, hidden: false })
    else if (mark === '</w:r>') {
      open.pop()
      // A run inside a hidden one goes with it.
      if (run?.hidden && !open.some(({ hidden }) => hidden) && run.start >= keptTo) {
        kept += xml.slice(keptTo, run.start)
        keptTo = index + mark.length
      }
    } else if (run && !/w:val="(?:0|false|off)"/.test(mark)) run.hidden = true
  }
  return kept + xml.slice(keptTo)
}
