import { createSocket } from 'node:dgram'
import { isIPv4 } from 'node:net'

/** What a name leads to: addresses, no such name, a server that failed, or no answer at all. */
export type DnsAnswer = readonly string[] | 'no_such_name' | 'failed' | 'silence'

export interface DnsServer {
  /** `127.0.0.1:4711` */
  readonly authority: string
  /** Names that were asked for, once for each question; both families are questions of their own. */
  readonly questions: readonly string[]
  close(): Promise<void>
}

/** RFC 1035 section 4.1. */
const HEADER_BYTES = 12
const RESPONSE = 0x8180
const RESPONSE_CODES = { no_such_name: 3, failed: 2 }
const TYPE_A = 1
const TYPE_AAAA = 28

/** A name server on loopback. It speaks as much of RFC 1035 as questions for addresses need. */
export async function startDnsServer(answerOf: (name: string, family: 4 | 6) => DnsAnswer): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const questions: string[] = []
  socket.on('message', (message, from) => {
    const { name, type, end } = readQuestion(message)
    questions.push(name)
    const answer = answerOf(name, type === TYPE_A ? 4 : 6)
    if (answer === 'silence') return
    const addresses = typeof answer === 'string' ? [] : answer
    const records = addresses.filter((address) => (isIPv4(address) ? TYPE_A : TYPE_AAAA) === type).map(toRecord)
    const head = Buffer.from(message.subarray(0, end))
    head.writeUInt16BE(RESPONSE | (typeof answer === 'string' ? RESPONSE_CODES[answer] : 0), 2)
    head.writeUInt16BE(records.length, 6)
    head.fill(0, 8, HEADER_BYTES)
    socket.send(Buffer.concat([head, ...records]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    authority: `127.0.0.1:${socket.address().port}`,
    questions,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = HEADER_BYTES
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

/** One address of the name in the question, not to be kept by anybody. */
function toRecord(address: string): Buffer {
  const bytes = isIPv4(address) ? address.split('.').map(Number) : ipv6Bytes(address)
  const head = Buffer.from([
    0xc0,
    HEADER_BYTES,
    0,
    bytes.length === 4 ? TYPE_A : TYPE_AAAA,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    bytes.length,
  ])
  return Buffer.concat([head, Buffer.from(bytes)])
}

/** Of an address with at most one `::`. */
function ipv6Bytes(address: string): number[] {
  const [before = '', after = ''] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [groups(before), groups(after)]
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
  return all.flatMap((group) => [group >> 8, group & 0xff])
}
