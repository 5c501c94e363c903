import { CUSTOM_HEADER_NAME_LENGTH_MAX, CUSTOM_HEADER_VALUE_LENGTH_MAX, CUSTOM_HEADERS_MAX } from '@ringback/contract'
import type { FieldProblem } from '../lib/errors.ts'
import { isSecretName, whyReserved } from './header-names.ts'
import type { Vault } from './secret-vault.ts'

/** What stands for a secret value wherever people look. Sent back, it means "as it is". */
export const MASKED = '********'

/** What a person wants of one header: a value, a value that is never shown again, or null: no such header. */
export type WantedHeader = string | { readonly value: string; readonly secret?: boolean | undefined } | null

/** By name. Headers that are left out stay; null instead of the object removes all. */
export type WantedHeaders = Readonly<Record<string, WantedHeader>> | null

/** A header as a webhook's row keeps it, in a JSON array. The value of a secret one is sealed. */
interface StoredHeader {
  readonly name: string
  readonly value: string
  readonly secret: boolean
}

/** A header as it is sent. */
export interface OpenedHeader {
  readonly name: string
  readonly value: string
  readonly secret: boolean
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Printable ASCII and Latin-1, which is what header bytes are (RFC 9110 section 5.5). */
const PRINTABLE = /^[\x20-\x7e\xa0-\xff]*$/

/**
 * What header values are bound to when they are sealed. Not the context of the signing secrets: those must never open
 * as a header, which would be sent in the clear.
 */
function headerContext(accountId: string): string {
  return `${accountId} header`
}

/**
 * Applies what a person wants to the headers of a webhook. Names are the same in any case and go over the wire as they
 * were written last. A secret header stays secret when it gets a new value, unless `secret: false` comes with it.
 * @returns what to store, null for none; or all that is wrong, which never repeats a value
 */
export function mergeHeaders(
  stored: string | null,
  wanted: WantedHeaders,
  { accountId, vault }: { readonly accountId: string; readonly vault: Pick<Vault, 'seal'> },
): { readonly headers: string | null } | { readonly problems: readonly FieldProblem[] } {
  if (wanted === null) return { headers: null }
  const merged = new Map(readStored(stored).map((header) => [header.name.toLowerCase(), header]))
  const problems: FieldProblem[] = []
  const seen = new Set<string>()
  for (const [name, wish] of Object.entries(wanted)) {
    const key = name.toLowerCase()
    const before = merged.get(key)
    const messages = seen.has(key) ? ['is there twice: names are the same in any case'] : problemsOf(name, wish, before)
    seen.add(key)
    problems.push(...messages.map((message) => ({ field: `headers.${name}`, message })))
    if (messages.length > 0) continue
    if (wish === null) merged.delete(key)
    else merged.set(key, headerOf(name, wish, before))
  }
  if (merged.size > CUSTOM_HEADERS_MAX) {
    const message = `would be ${merged.size}; a webhook has ${CUSTOM_HEADERS_MAX} custom headers at most`
    problems.push({ field: 'headers', message })
  }
  if (problems.length > 0) return { problems }
  return { headers: merged.size === 0 ? null : JSON.stringify([...merged.values()]) }

  function headerOf(name: string, wish: Exclude<WantedHeader, null>, before: StoredHeader | undefined): StoredHeader {
    const { value, secret = before?.secret ?? false } = typeof wish === 'string' ? { value: wish } : wish
    if (value === MASKED && before) return { ...before, name }
    const sealed = secret || isSecretName(name)
    return { name, value: sealed ? vault.seal(value, headerContext(accountId)) : value, secret: sealed }
  }
}

function problemsOf(name: string, wish: WantedHeader, before: StoredHeader | undefined): string[] {
  if (wish === null) return []
  const messages: string[] = []
  if (name === '') messages.push('has no name')
  else if (!TOKEN.test(name)) messages.push("may have letters, digits and !#$%&'*+-.^_`|~ in its name")
  if (name.length > CUSTOM_HEADER_NAME_LENGTH_MAX) {
    messages.push(`has a name of more than ${CUSTOM_HEADER_NAME_LENGTH_MAX} characters`)
  }
  const reserved = whyReserved(name)
  if (reserved !== null) messages.push(reserved)
  const { value, secret } = typeof wish === 'string' ? { value: wish, secret: undefined } : wish
  if (secret === false && isSecretName(name)) {
    messages.push('is always secret, because headers of this name carry credentials')
  } else if (value === MASKED && !before?.secret) {
    messages.push('has the mask as its value, which stands for a secret that is not set; send the value itself')
  } else if (value === MASKED && secret === false) {
    messages.push('is masked; send its value to make it readable')
  }
  return [...messages, ...problemsOfValue(value)]
}

function problemsOfValue(value: string): string[] {
  const messages: string[] = []
  if (value === '') messages.push('has an empty value; null removes a header')
  if (value.length > CUSTOM_HEADER_VALUE_LENGTH_MAX) {
    messages.push(`has a value of more than ${CUSTOM_HEADER_VALUE_LENGTH_MAX} characters`)
  }
  if (value.trim() !== value) messages.push('has white space around its value, which the wire does not keep')
  if (!PRINTABLE.test(value)) messages.push('may have printable ASCII and Latin-1 characters only in its value')
  return messages
}

/** The headers as answers show them: by name, in the order in which they are sent, secret values masked. */
export function showHeaders(stored: string | null): Record<string, { value: string; secret: boolean }> {
  return Object.fromEntries(
    readStored(stored).map(({ name, value, secret }) => [name, { value: secret ? MASKED : value, secret }]),
  )
}

/** Whether there is a custom header of this name, given in lower case. */
export function hasHeader(stored: string | null, lowerName: string): boolean {
  return readStored(stored).some(({ name }) => name.toLowerCase() === lowerName)
}

/**
 * The headers as they are sent. A reserved name is left out, whatever the row says: nothing may stand in for the
 * headers that receivers verify with.
 * @throws SecretUnreadableError when a value was sealed with another master key
 */
export function openHeaders(
  stored: string | null,
  { accountId, vault }: { readonly accountId: string; readonly vault: Pick<Vault, 'open'> },
): readonly OpenedHeader[] {
  if (stored === null) return []
  return readStored(stored)
    .filter(({ name }) => whyReserved(name) === null)
    .map(({ name, value, secret }) => ({
      name,
      value: secret ? vault.open(value, headerContext(accountId)) : value,
      secret,
    }))
}

function readStored(stored: string | null): readonly StoredHeader[] {
  return stored === null ? [] : (JSON.parse(stored) as StoredHeader[])
}
