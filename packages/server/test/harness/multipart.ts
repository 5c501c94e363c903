/** A part of a form as it goes over the wire. */
export interface WirePart {
  readonly name: string
  readonly body: string | Uint8Array
  /** Makes it a file. */
  readonly fileName?: string
  readonly contentType?: string
  /** Guzzle sends the length of each part. */
  readonly withLength?: boolean
}

const BOUNDARY = '----ringback-test-7MA4YWxkTrZu0gW'

export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`

/** The bytes of a form, with exactly these parts in this order. */
export function formOf(...parts: readonly WirePart[]): Buffer {
  const bytes = parts.flatMap((part) => [Buffer.from('\r\n'), headOf(part), Buffer.from(part.body as Uint8Array)])
  return Buffer.concat([...bytes, formEnd()])
}

/** What stands before the body of a part. */
export function headOf({ name, body, fileName, contentType, withLength }: WirePart): Buffer {
  const lines = [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}`,
    ...(contentType ? [`Content-Type: ${contentType}`] : []),
    ...(withLength ? [`Content-Length: ${Buffer.from(body as Uint8Array).length}`] : []),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}

/** What stands at the end of a form. Like every boundary it begins with a line break. */
export function formEnd(): Buffer {
  return Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
}
