import { expect, test } from 'vitest'
import { docxParagraph, JPEG, makeDocx, makePdf, makePng, makeTiff } from '../../../test/harness/documents.ts'
import { detectKind } from './detect-kind.ts'
import { PICTURE_KINDS, TEXT_KINDS } from './kinds.ts'

const ALL = [...TEXT_KINDS, ...PICTURE_KINDS]
const PDF = await makePdf(['x'])
const DOCX = makeDocx(docxParagraph('x'))
const COMPOUND = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])
const RTF = Buffer.from('{\\rtf1 x}')
const TXT = Buffer.from('Ann Lee')

test.each([
  ['cv.pdf', PDF, 'pdf'],
  ['CV Ann.PDF', PDF, 'pdf'],
  ['cv', PDF, 'pdf'],
  ['cv.docx', DOCX, 'docx'],
  ['cv.docx', DOCX.subarray(0, 200), 'docx'],
  ['cv.doc', COMPOUND, 'doc'],
  ['cv.docx', COMPOUND, 'docx'],
  ['cv.rtf', RTF, 'rtf'],
  ['cv.txt', TXT, 'txt'],
  ['cv.txt', Buffer.from('BMW engineer, MZ 3'), 'txt'],
  ['cv.txt', Buffer.from('<?xml version="1.0"?><p/>'), 'txt'],
  ['cv.txt', Buffer.from('\uFEFFAnn', 'utf16le'), 'txt'],
  ['cv.jpg', JPEG, 'jpeg'],
  ['cv.jpe', JPEG, 'jpeg'],
  ['cv.JPEG', JPEG, 'jpeg'],
  ['cv.png', makePng(4, 4), 'png'],
  ['cv.tif', makeTiff(4, 4), 'tiff'],
  ['cv.tiff', makeTiff(4, 4), 'tiff'],
])('%s is what its name and its bytes say (case %#)', async (name, bytes, kind) => {
  expect(await detectKind(name, bytes, ALL)).toBe(kind)
})

test.each([
  ['cv.pdf', makePng(4, 4), 'is named like PDF, but its bytes are PNG'],
  ['cv.pdf', TXT, 'is named like PDF, but its bytes are something else'],
  ['cv.docx', PDF, 'is named like DOCX, but its bytes are PDF'],
  ['cv.doc', RTF, 'is named like DOC, but its bytes are RTF'],
  ['cv.doc', DOCX, 'is named like DOC, but its bytes are DOCX'],
  ['cv.txt', PDF, 'is named like TXT, but its bytes are PDF'],
  ['cv.txt', Buffer.from([0, 1, 2, 3]), 'is named like TXT, but its bytes are something else'],
  ['cv.png', Buffer.from('<script>'), 'is named like PNG, but its bytes are something else'],
  // A PDF to careless readers, a picture to others.
  ['cv.pdf', Buffer.concat([JPEG, PDF]), 'is named like PDF, but its bytes are JPEG'],
  ['cv.exe', Buffer.from('MZ\x90\0\x03\0\0\0'), 'is EXE'],
  ['cv.odt', Buffer.from('hello'), 'is of no known type'],
  ['cv', TXT, 'is of no known type and its name has no ending'],
])('%s is refused with the reason (case %#)', async (name, bytes, reason) => {
  await expect(detectKind(name, bytes, ALL)).rejects.toMatchObject({
    code: 'document.not_accepted',
    detail: expect.stringContaining(`The file "${name}" ${reason}`),
  })
})

test('what is accepted elsewhere is refused here, and the answer lists what is taken', async () => {
  await expect(detectKind('cv.docx', DOCX, ['pdf', 'png'])).rejects.toMatchObject({
    detail: 'The file "cv.docx" is DOCX. Accepted here: PDF or PNG (.pdf, .png).',
  })
})
