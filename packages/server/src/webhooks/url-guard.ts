import type { Clock } from '../lib/clock.ts'
import { systemClock } from '../lib/clock.ts'
import { AppError, EXIT_CODES, messageOf, StartError } from '../lib/errors.ts'
import { type AddressPolicy, createAddressPolicy } from './address-policy.ts'
import { type ConnectGuard, createConnectGuard, LOCALHOST_ADDRESSES } from './connect-guard.ts'
import { createDnsResolve } from './dns-resolve.ts'
import { createNameResolver, type ResolveName } from './name-resolver.ts'
import { readTargetUrl, type TargetUrl } from './target-url.ts'

export { BlockedAddressError } from './connect-guard.ts'
export { displayUrl } from './target-url.ts'

export interface UrlGuardOptions {
  readonly allowHttpTargets: boolean
  /** CIDR blocks that webhooks may reach although they are not public. */
  readonly allowPrivateTargets: readonly string[]
  /** How names are resolved; by DNS and the machine's own ways when left out. */
  readonly resolve?: ResolveName
  readonly clock?: Clock
}

/** Where a URL came from, as error texts name it. */
export type UrlField = 'url' | 'header Job-Webhook'

export interface UrlGuard extends ConnectGuard {
  /**
   * Checks a URL when it is saved or a job with it is dispatched, and gives it normalised, as it is to be stored. All
   * that is wrong is told at once, with the setting that would allow it. A name that DNS does not know is refused (a
   * typing mistake, most likely); when DNS cannot be asked within 3 s the URL passes, because connecting checks again.
   * @throws AppError `webhook.url_not_allowed`
   */
  checkUrl(text: string, field?: UrlField): Promise<string>
}

/**
 * The one place that decides where webhooks may go (design 3.2): `https:` to public addresses only, except what the two
 * settings open. Asked when a URL is saved, when a job is dispatched, before and after each connect.
 * @throws StartError when an allowed block is not a CIDR block, or one that could be meant in two ways
 */
export function createUrlGuard(options: UrlGuardOptions): UrlGuard {
  const policy = policyOf(options)
  const { clock = systemClock, resolve = createDnsResolve({ clock }) } = options
  const resolver = createNameResolver({ resolve, clock })

  /** The addresses that make the host unfit; a name with one good address among bad ones is bad. */
  async function findHostProblem(target: TargetUrl): Promise<{ message: string; log: object } | null> {
    const addresses = await addressesOf(target)
    if (addresses === null) return { message: `has a host that does not exist in DNS: ${target.hostname}`, log: {} }
    const refused = addresses.flatMap((address) => {
      const verdict = policy.judge(address)
      return verdict.allowed ? [] : [{ address, ...verdict }]
    })
    // `localhost` is this machine by every one of its addresses: one that is open is enough, and the only one used.
    if (refused.length === 0 || (target.hostKind === 'localhost' && refused.length < addresses.length)) return null
    const told = target.hostKind === 'localhost' ? refused.slice(0, 1) : refused
    const ranges = unique(told.map(({ range }) => range)).join('; ')
    const blocks = unique(told.map(({ cidr }) => cidr)).join(',')
    return {
      message:
        `leads to an address that is not public (${ranges}): ${target.hostname} ` +
        `(the server setting RINGBACK_ALLOW_PRIVATE_TARGETS=${blocks} would allow it)`,
      log: { refusedAddresses: refused.map(({ address }) => address) },
    }
  }

  /** Null: the name exists nowhere. Empty: nothing is known, connecting will tell. */
  async function addressesOf(target: TargetUrl): Promise<readonly string[] | null> {
    if (target.hostKind === 'address') return [target.hostname]
    if (target.hostKind === 'localhost') return LOCALHOST_ADDRESSES
    const answer = await resolver.ask(target.hostname)
    if (answer.outcome === 'no_address') return null
    return answer.outcome === 'addresses' ? answer.addresses : []
  }

  return {
    ...createConnectGuard(policy, resolver),
    async checkUrl(text, field = 'url') {
      const { target, problems } = readTargetUrl(text, options)
      const hostProblem = target === null ? null : await findHostProblem(target)
      const messages = hostProblem === null ? problems : [...problems, hostProblem.message]
      if (target !== null && messages.length === 0) return target.href
      throw new AppError('webhook.url_not_allowed', {
        detail: messages.map((message) => `The ${field} ${message}.`).join(' '),
        fields: messages.map((message) => ({ field, message })),
        log: { ...hostProblem?.log },
      })
    },
  }
}

function policyOf(options: UrlGuardOptions): AddressPolicy {
  try {
    return createAddressPolicy(options)
  } catch (error) {
    throw new StartError(EXIT_CODES.config, [`RINGBACK_ALLOW_PRIVATE_TARGETS: ${messageOf(error)}`], error)
  }
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
