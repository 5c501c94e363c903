import type { Match } from 'linkify-it'

/** What linkify-it found in a text. `schema` is empty for links that are written without one. */
export type Link = Pick<Match, 'schema' | 'raw' | 'url'>

interface LinkFinder {
  find(text: string): readonly Link[]
  isTopLevelDomain(name: string): boolean
}

/** Schemes that are found besides linkify-it's own (http, https, ftp, mailto and `//`). */
const MORE_SCHEMES = ['ftps:', 'sftp:', 'ws:', 'wss:']

let loading: Promise<LinkFinder> | undefined

/** The link finder, built on first use (5 to 10 ms with the list of all top-level domains). */
export function loadLinkFinder(): Promise<LinkFinder> {
  loading ??= build()
  return loading
}

async function build(): Promise<LinkFinder> {
  const [{ LinkifyIt }, { default: tlds }] = await Promise.all([
    import('linkify-it'),
    import('tlds', { with: { type: 'json' } }),
  ])
  const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, urlAuth: true }).tlds(tlds)
  for (const scheme of MORE_SCHEMES) {
    linkify.add(scheme, { validate: (text, position, self) => self.testSchemaAt(text, 'http:', position) })
  }
  const topLevelDomains: ReadonlySet<string> = new Set(tlds)
  return {
    find: (text) => linkify.match(text) ?? [],
    isTopLevelDomain: (name) => topLevelDomains.has(name.toLowerCase()),
  }
}
