import { detect } from 'chardet'

/** Bytes that the guess of an encoding looks at; more takes longer and guesses no better. */
const GUESSED_BYTES_MAX = 64 * 1024

/**
 * Text in the encoding that its byte order mark names, or else UTF-8 when it is that, or else what its letters look like;
 * Windows-1252 when nothing fits, which can decode anything.
 */
export function readTxt(bytes: Uint8Array): string {
  return decode(bytes, markedEncoding(bytes)) ?? decode(bytes, 'utf-8') ?? decode(bytes, guess(bytes)) ?? latin(bytes)
}

function markedEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return null
}

function guess(bytes: Uint8Array): string | null {
  return detect(bytes.subarray(0, GUESSED_BYTES_MAX))
}

/** Null when it is not that encoding, or not one that Node knows. */
function decode(bytes: Uint8Array, encoding: string | null): string | null {
  if (encoding === null) return null
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function latin(bytes: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(bytes)
}
