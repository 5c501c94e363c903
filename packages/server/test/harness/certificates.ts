import { generate } from 'selfsigned'

export interface Certificate {
  /** PEM; trusting it is trusting this one certificate. */
  readonly cert: string
  readonly key: string
}

const DAY_MS = 86_400_000

/** Makes a self-signed certificate for names and addresses, valid until `notAfter` (default: tomorrow). */
export async function makeCertificate(options: {
  readonly names?: readonly string[]
  readonly addresses?: readonly string[]
  readonly notAfter?: Date
}): Promise<Certificate> {
  const { names = [], addresses = [], notAfter = new Date(Date.now() + DAY_MS) } = options
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] ?? 'test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(notAfter.getTime() - 30 * DAY_MS),
    notAfterDate: notAfter,
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  })
  return { cert, key }
}
