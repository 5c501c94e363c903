import { lookup, Resolver } from 'node:dns/promises'
import { readFile, stat } from 'node:fs/promises'
import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { ResolveName } from './name-resolver.ts'

export interface DnsResolveOptions {
  readonly clock: Pick<Clock, 'monotonicMs' | 'after'>
  /** `address:port`; those of the machine when left out. */
  readonly nameServers?: () => readonly string[]
  /** How long a name server may be silent before it is asked once more, or the next one is; 2 s when left out. */
  readonly silenceMsMax?: number
  readonly hostsFile?: string
  readonly askSystem?: ResolveName
}

const SILENCE_MS_MAX = 2_000

/** Questions to each name server; the second may take twice as long. */
const TRIES = 2

/** What one family is waited for when the other has addresses: there are name servers that never answer for IPv6. */
const OTHER_FAMILY_MS_MAX = 500

/** Names that wait for the system. What comes on top is told what DNS said: a queue that only grows helps nobody in it. */
const SYSTEM_WAITING_MAX = 100

/** A resolver reads the machine's name servers once. One that is this old makes way for the next, in case they have changed. */
const RESOLVER_AGE_MS_MAX = 60_000

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'

/**
 * DNS has no such name, no address of it, or is not there: the system may know more (search domains, mDNS, a directory). Not
 * when DNS is silent: the system would wait in vain too.
 */
const ASK_SYSTEM_CODES = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'])

/** The machine's own resolver: hosts file, search domains and all, as every other program on it sees names. */
const systemResolve: ResolveName = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address)

/**
 * Resolves names so that none whose name servers are dead keeps others waiting. The system's resolver (`getaddrinfo`) occupies
 * a thread for each name, and two are all that libuv gives it: with four dead names, the next good one was answered after 20 s.
 * So DNS is asked directly, which takes no thread, and the system is asked for names that are this machine's own: without a
 * dot, or in its hosts file; and then, one at a time, for those that DNS does not know.
 */
export function createDnsResolve(options: DnsResolveOptions): ResolveName {
  const { clock, nameServers, silenceMsMax = SILENCE_MS_MAX, askSystem = systemResolve } = options
  const isInHostsFile = createHostsFile(options.hostsFile ?? HOSTS_FILE)
  let current: { readonly resolver: Resolver; readonly madeMs: number } | null = null
  let lastQuestion: Promise<unknown> = Promise.resolve()
  let waitingForSystem = 0

  function currentResolver(): Resolver {
    const now = clock.monotonicMs()
    if (current === null || now - current.madeMs >= RESOLVER_AGE_MS_MAX) {
      const resolver = new Resolver({ timeout: silenceMsMax, tries: TRIES })
      if (nameServers) resolver.setServers(nameServers())
      current = { resolver, madeMs: now }
    }
    return current.resolver
  }

  function askDns(hostname: string): Promise<readonly string[]> {
    const resolver = currentResolver()
    const questions = [resolver.resolve4(hostname), resolver.resolve6(hostname)]
    return new Promise((resolve, reject) => {
      const found: string[][] = [[], []]
      const errors: unknown[] = []
      let unanswered = questions.length
      let cancelWait: CancelTimer = () => {}
      const settle = () => {
        cancelWait()
        const addresses = found.flat()
        if (addresses.length > 0) resolve(addresses)
        // "No address of this family" says nothing beside what became of the other question.
        else reject(errors.find((error) => !ASK_SYSTEM_CODES.has(codeOf(error))) ?? errors[0])
      }
      const onAnswer = () => {
        unanswered--
        if (unanswered === 0) settle()
        else if (found.flat().length > 0) cancelWait = clock.after(OTHER_FAMILY_MS_MAX, settle)
      }
      for (const [family, question] of questions.entries()) {
        question
          .then(
            (addresses) => {
              found[family] = addresses
            },
            (error: unknown) => {
              errors.push(error)
            },
          )
          .then(onAnswer)
      }
    })
  }

  function askSystemInTurn(hostname: string): Promise<readonly string[]> {
    waitingForSystem++
    const answer = lastQuestion.then(() => askSystem(hostname)).finally(() => waitingForSystem--)
    lastQuestion = answer.catch(() => {})
    return answer
  }

  return async function resolve(hostname) {
    if (!hostname.includes('.') || (await isInHostsFile(hostname))) return await askSystem(hostname)
    try {
      return await askDns(hostname)
    } catch (error) {
      if (!ASK_SYSTEM_CODES.has(codeOf(error)) || waitingForSystem >= SYSTEM_WAITING_MAX) throw error
      return await askSystemInTurn(hostname)
    }
  }
}

/** Whether a word stands in a hosts file, as it is now; what it means there, the system knows. */
function createHostsFile(path: string): (hostname: string) => Promise<boolean> {
  let words: ReadonlySet<string> = new Set()
  let changedMs = -1
  return async (hostname) => {
    const mtimeMs = await stat(path).then(
      (stats) => stats.mtimeMs,
      () => null,
    )
    if (mtimeMs === null) return false
    if (mtimeMs !== changedMs) {
      words = new Set((await readFile(path, 'utf8').catch(() => '')).toLowerCase().split(/\s+/))
      changedMs = mtimeMs
    }
    return words.has(hostname.toLowerCase())
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
