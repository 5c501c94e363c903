import { z } from 'zod'
import { contentField } from '../fields.ts'
import { defineTask } from '../task.ts'
import { loadLinkFinder } from './links.ts'

/** What separates addresses in lists, quotes and headers. linkify-it knows only some of them as separators. */
const SEPARATORS = /[,;:|"\\\p{Ps}\p{Pe}\p{Pi}\p{Pf}<>]/gu

/** What an address cannot sensibly begin with although RFC 5322 allows it: the quote in `'bob@example.com'`. */
const LEADING_PUNCTUATION = /^[^\p{L}\p{N}_+]+/u

/**
 * Finds e-mail addresses, each once, in order of appearance and in their first spelling; addresses that differ only in
 * upper and lower case are the same. The top-level domain must exist, so that `logo@2x.png` is none.
 */
export const detectEmails = defineTask({
  type: 'content_detect_emails',
  path: '/content/detect_emails',
  summary: 'Finds the e-mail addresses in a text.',
  kind: 'offline',
  input: z.object({ content: contentField }),
  result: z.array(z.string()),

  async run({ content }) {
    // Nothing can be found without one, and it saves the whole scan of most texts.
    if (!content.includes('@')) return []
    const links = await loadLinkFinder()
    const emails = new Map<string, string>()
    for (const link of links.find(content.replace(SEPARATORS, ' '))) {
      if (link.schema !== 'mailto:') continue
      const email = link.raw.replace(LEADING_PUNCTUATION, '')
      const key = email.toLowerCase()
      if (emails.has(key) || email.startsWith('@')) continue
      if (links.isTopLevelDomain(key.slice(key.lastIndexOf('.') + 1))) emails.set(key, email)
    }
    return [...emails.values()]
  },
})
