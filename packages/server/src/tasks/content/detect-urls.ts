import { z } from 'zod'
import { contentField } from '../fields.ts'
import { defineTask } from '../task.ts'
import { type Link, loadLinkFinder } from './links.ts'

/**
 * Top-level domains that are better known as the ends of file names. A bare `README.md` or `main.py` is a file; with
 * a scheme, `www.`, a path (`point.md/news`) or a second level such as `com.py` it is an address. Country domains that
 * people use far more than the file type stay out of the list (`.pl`, `.rs`, `.ai`, `.io`, `.cc`).
 */
const FILE_ENDINGS = ['cab', 'md', 'mk', 'mov', 'pm', 'ps', 'pub', 'py', 'sh', 'so', 'tf', 'zip']
const FILE_NAME = new RegExp(
  String.raw`^(?!www\.)(?!.*\.(?:com|co|org|net|gov|edu)\.[^.]*$)[^/]*\.(?:${FILE_ENDINGS.join('|')})(?:[#?].*)?$`,
  'i',
)

/** The end of one sentence and the start of the next without a space: `I like it.It is good` has no link to `it.It`. */
const SENTENCE_JOINT = /^[^./]*\p{Ll}\.\p{Lu}\p{Ll}*$/u

/**
 * Finds web addresses, each once, in order of appearance. Those without a scheme get `http://`, as the original's
 * answers show; `mailto:` is left to `detect_emails`.
 */
export const detectUrls = defineTask({
  type: 'content_detect_urls',
  path: '/content/detect_urls',
  summary: 'Finds the URLs in a text, with the protocol of each.',
  kind: 'offline',
  input: z.object({ content: contentField }),
  result: z.array(
    z.object({
      url: z.string().describe('The URL as it stands in the text; one without a scheme gets "http://".'),
      protocol: z.string().describe('Its scheme in lower case, without the colon.'),
    }),
  ),

  async run({ content }) {
    const urls = new Map<string, { url: string; protocol: string }>()
    for (const link of (await loadLinkFinder()).find(content)) {
      if (link.schema === 'mailto:' || !isAddress(link)) continue
      const url = link.schema === '//' ? `http:${link.raw}` : link.url
      urls.set(url, { url, protocol: url.slice(0, url.indexOf(':')).toLowerCase() })
    }
    return [...urls.values()]
  },
})

function isAddress(link: Link): boolean {
  return link.schema !== '' || !(FILE_NAME.test(link.raw) || SENTENCE_JOINT.test(link.raw))
}
