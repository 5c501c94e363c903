import ipaddr from 'ipaddr.js'
import { parseDurationMs } from '../lib/duration.ts'
import { messageOf } from '../lib/errors.ts'
import { BadValue } from './setting.ts'

/** Parses a whole number in decimal digits, both ends included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) throw new BadValue()
    return value
  }
}

/** Parses `true` or `false`, nothing else: "yes", "on" and "0" differ between programs, and this opens networks. */
export function trueOrFalse(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new BadValue()
  return text === 'true'
}

/** Parses one of the words. */
export function oneOf<const Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((known) => known === text)
    if (word === undefined) throw new BadValue()
    return word
  }
}

/** Splits at commas and drops the white space around the parts. */
export function commaList(text: string): string[] {
  return text === '' ? [] : text.split(',').map((part) => part.trim())
}

/** Parses a duration between two, both included, into milliseconds. */
export function duration(minMs: number, maxMs: number): (text: string) => number {
  return (text) => {
    let value: number
    try {
      value = parseDurationMs(text)
    } catch (error) {
      throw new BadValue(messageOf(error))
    }
    if (value < minMs || value > maxMs) throw new BadValue()
    return value
  }
}

/** Parses an absolute http(s) URL without credentials, query or fragment; the slash at the end is dropped. */
export function baseUrl(text: string): string {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new BadValue()
  if (url.username || url.password) throw new BadValue('a user name or password in the address is not supported')
  if (/[?#]/.test(text)) throw new BadValue('a query or fragment is not supported')
  return url.href.replace(/\/+$/, '')
}

/**
 * Parses an address (`10.1.2.3`) or a CIDR block (`10.0.0.0/8`, `fd00::/8`) into a CIDR block. IPv4 only in its
 * four-part form: what `127.1` or `0x7f.1` mean is not the same everywhere. A block with bits behind its prefix
 * (`10.0.0.7/8`) is refused: it could be meant in two ways.
 */
export function addressBlock(text: string): string {
  const [address = '', length, ...rest] = text.split('/')
  const version = ipaddr.IPv4.isValidFourPartDecimal(address) ? 4 : 6
  if (version === 6 && (!ipaddr.IPv6.isValid(address) || address.includes('%'))) throw blockProblem(text)
  const bits = version === 4 ? 32 : 128
  if (length === undefined) return `${address}/${bits}`
  if (rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) throw blockProblem(text)
  const block = `${address}/${Number(length)}`
  const network = (version === 4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(block).toString()
  if (network !== ipaddr.parse(address).toString()) {
    throw new BadValue(`"${text}" has bits behind its prefix; write ${network}/${Number(length)}, or ${address} alone`)
  }
  return block
}

function blockProblem(text: string): BadValue {
  return new BadValue(`"${text}" is neither an IP address nor a CIDR block`)
}

/**
 * Hides the passwords of addresses in a text that may not even be a valid URL: all between `//` and the last `@`, and
 * the values of parameters that carry one.
 */
export function maskPasswords(text: string): string {
  return text.replace(/(\/\/)[^/]*.*@/, '$1***@').replace(/([?&](?:ssl)?password=)[^&]*/gi, '$1***')
}
