import { buffer } from 'node:stream/consumers'
import { constants, deflateRawSync } from 'node:zlib'
import { encode as encodePng } from 'fast-png'
import { strToU8, zipSync } from 'fflate'
import PdfDocument from 'pdfkit'
import UTIF from 'utif2'

/** A PDF with one page for each text; with a password, nobody opens it without. */
export async function makePdf(pages: readonly string[], options: { password?: string } = {}): Promise<Buffer> {
  const pdf = new PdfDocument({
    autoFirstPage: false,
    ...(options.password && { userPassword: options.password }),
  })
  for (const text of pages) pdf.addPage().fontSize(12).text(text)
  pdf.end()
  return await buffer(pdf)
}

/** A PDF as scanners make them: each page is a picture, and has no text. */
export async function makeScannedPdf(pageCount: number): Promise<Buffer> {
  const pdf = new PdfDocument({ autoFirstPage: false })
  for (let page = 0; page < pageCount; page++) pdf.addPage().image(makePng(120, 160), 0, 0)
  pdf.end()
  return await buffer(pdf)
}

const MIB = 1024 * 1024

/**
 * What zlib's deflate makes of so many MiB of spaces, without ever having them: to compress 3 GB takes ten seconds. Every MiB
 * is compressed to a block that needs none before it, so one block, again and again, is the whole.
 */
export function deflatedSpaces(mib: number): Buffer {
  const block = deflateRawSync(Buffer.alloc(MIB, ' '), { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  const header = Buffer.from([0x78, 0xda])
  const emptyLastBlock = Buffer.from([0x03, 0x00])
  // Adler-32 (RFC 1950, section 8.2) of n times the byte 32, in closed form.
  const [n, modulus] = [BigInt(mib) * BigInt(MIB), 65_521n]
  const low = (1n + 32n * n) % modulus
  const high = (n + (32n * n * (n + 1n)) / 2n) % modulus
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(Number(high * 65_536n + low))
  return Buffer.concat([header, ...Array.from({ length: mib }, () => block), emptyLastBlock, checksum])
}

/** A PDF of one page whose content is so many MiB of spaces, in a thousandth of it. */
export function makePdfBomb(mib: number): Buffer {
  const content = deflatedSpaces(mib)
  const objects = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from('<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>'),
    Buffer.concat([
      Buffer.from(`<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n`),
      content,
      Buffer.from('\nendstream'),
    ]),
  ]
  const parts = [Buffer.from('%PDF-1.4\n')]
  const offsets: number[] = []
  let length = parts[0]?.length ?? 0
  for (const [index, object] of objects.entries()) {
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')])
    offsets.push(length)
    length += part.length
    parts.push(part)
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 5\n0000000000 65535 f \n${rows}trailer << /Size 5 /Root 1 0 R >>\nstartxref\n${length}\n%%EOF`,
    ),
  )
  return Buffer.concat(parts)
}

const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'

/** A Word document whose body is this XML, and what else is to be in the ZIP. */
export function makeDocx(bodyXml: string, files: Readonly<Record<string, Uint8Array>> = {}): Buffer {
  const xml = (text: string) => strToU8(`<?xml version="1.0" encoding="UTF-8"?>${text}`)
  return Buffer.from(
    zipSync({
      '[Content_Types].xml': xml(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
      ),
      '_rels/.rels': xml(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
      ),
      'word/document.xml': xml(`<w:document xmlns:w="${WORD}"><w:body>${bodyXml}</w:body></w:document>`),
      ...files,
    }),
  )
}

/** A paragraph of a Word document, with properties of its run such as `<w:vanish/>`. */
export function docxParagraph(text: string, runProperties = ''): string {
  return `<w:p><w:r><w:rPr>${runProperties}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
}

export function makePng(width: number, height: number): Buffer {
  return Buffer.from(encodePng({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(200) }))
}

export function makeTiff(width: number, height: number): Buffer {
  return Buffer.from(UTIF.encodeImage(new Uint8Array(width * height * 4).fill(100), width, height))
}

/** The smallest JPEG that programs take for one: its markers, and no picture. */
export const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
