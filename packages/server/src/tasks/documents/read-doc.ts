import WordExtractor from 'word-extractor'
import { TaskError } from '../task.ts'
import { unreadable } from './problems.ts'

/** How the file information block begins, with which the main stream begins, and where its flags are. */
const WORD_97_MAGIC = Buffer.from('eca5', 'hex')
const FLAGS_AT = 0x0a
const ENCRYPTED = 0x01_00

/** Streams of a compound file begin at multiples of this. */
const SECTOR_BYTES = 512

/** Text of a document of Word 97 to 2003. Tables come as lines; text boxes and headers are kept, pictures are not. */
export async function readDoc(bytes: Uint8Array): Promise<string> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  // The reader does not look, and would give what the encryption made of the text.
  if (isEncrypted(file)) {
    throw new TaskError('document.encrypted', 'The DOC is protected by a password; send it without one.')
  }
  try {
    const document = await new WordExtractor().extract(file)
    const parts = [document.getHeaders(), document.getBody(), document.getTextboxes(), document.getFootnotes()]
    return parts.filter((part) => part.trim() !== '').join('\n\n')
  } catch (error) {
    throw unreadable('DOC', error)
  }
}

function isEncrypted(file: Buffer): boolean {
  for (let at = SECTOR_BYTES; at + SECTOR_BYTES <= file.length; at += SECTOR_BYTES) {
    if (file.subarray(at, at + WORD_97_MAGIC.length).equals(WORD_97_MAGIC)) {
      return (file.readUInt16LE(at + FLAGS_AT) & ENCRYPTED) !== 0
    }
  }
  return false
}
