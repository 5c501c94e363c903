import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import mammoth from 'mammoth'
import { TaskError } from '../task.ts'
import { XML_BYTES_MAX, ZIP_ENTRIES_MAX } from './limits.ts'
import { unreadable } from './problems.ts'

/** The parts of a document that have text, or say where it is. Pictures and embedded files are not even unpacked. */
const TEXT_PARTS = /^(?:\[Content_Types\]\.xml|_rels\/.*|word\/[^/]+\.xml|word\/_rels\/.*)$/

/** A password-protected document is one stream in a compound file: no ZIP at all. */
const COMPOUND_FILE = 0xd0

/**
 * Text of a Word document, without what Word hides. The text parts are unpacked here, within a limit, and given to
 * `mammoth` as a new file: it sees nothing whose size was not checked, and unpacks nothing itself.
 */
export async function readDocx(bytes: Uint8Array): Promise<string> {
  if (bytes[0] === COMPOUND_FILE) {
    throw new TaskError('document.encrypted', 'The DOCX is protected by a password; send it without one.')
  }
  const parts = unpackText(bytes)
  for (const [name, part] of Object.entries(parts)) {
    if (name.startsWith('word/')) parts[name] = strToU8(withoutHiddenRuns(strFromU8(part)))
  }
  try {
    const { value } = await mammoth.extractRawText({ buffer: Buffer.from(zipSync(parts, { level: 0 })) })
    return value
  } catch (error) {
    throw unreadable('DOCX', error)
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

/** Beginnings and ends of runs, and the mark that hides the run it stands in. */
const RUN_MARKS = /<w:r(?:\s[^>]*)?>|<\/w:r>|<w:(?:vanish|webHidden)(?:\s[^>]*)?\/>/g

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
