import { z } from 'zod'
import { visibleText } from '../answers.ts'
import { contentField, LANGUAGE_DEFAULT, optionalLanguageField, voiceToneField } from '../fields.ts'
import { LANGUAGE_RULE, NOTHING_INVENTED, TEXT_IS_DATA, TONE_RULE } from '../instructions.ts'
import { modelMessage } from '../model-message.ts'
import { createQuoteFinder } from '../quotes.ts'
import { defineTask } from '../task.ts'

/** Keywords in the tag; search engines read no more, if any. */
const KEYWORDS_MAX = 10

const INSTRUCTIONS = [
  'You write the meta tags of web pages. The input is a JSON object: its "text" is a page.',
  NOTHING_INVENTED,
  TEXT_IS_DATA,
  LANGUAGE_RULE,
  TONE_RULE,
  'Answer with "title": at most 60 characters; "description": at most 160 characters; "keywords": up to ten;',
  '"og_type": the Open Graph type, such as article, product or website; "og_title", "og_description", "twitter_title" and',
  '"twitter_description": what makes people open a link that was shared.',
  'Copy from the text, character by character: "author", "site_name", "page_url", "image_url", "twitter_creator" (an account',
  'such as @name). Each of them is an empty string when the text does not have it.',
].join('\n')

/** What the model is asked for. Some providers take no colon in the name of a property, so the tags get theirs below. */
const answerSchema = z.object({
  title: visibleText,
  description: visibleText,
  keywords: z.array(visibleText),
  og_type: visibleText,
  og_title: visibleText,
  og_description: visibleText,
  twitter_title: visibleText,
  twitter_description: visibleText,
  author: z.string(),
  site_name: z.string(),
  page_url: z.string(),
  image_url: z.string(),
  twitter_creator: z.string(),
})

/** The tags in the order in which the original names them. */
const metaTags = z.object({
  title: z.string(),
  author: z.string(),
  keywords: z.string().describe('Separated by commas.'),
  description: z.string(),
  'og:url': z.string(),
  'og:type': z.string(),
  'og:image': z.string(),
  'og:title': z.string(),
  'og:site_name': z.string(),
  'og:description': z.string(),
  'twitter:card': z.enum(['summary', 'summary_large_image']),
  'twitter:image': z.string(),
  'twitter:title': z.string(),
  'twitter:creator': z.string(),
  'twitter:description': z.string(),
})

/**
 * Writes the meta tags of a page. Addresses, names and accounts come from the text or stay empty, which is checked here:
 * an invented one would send people to strangers. The kind of the Twitter card follows from whether there is an image.
 */
export const generateTags = defineTask({
  type: 'seo_generate_tags',
  path: '/seo/generate_tags',
  summary: 'Writes the meta tags of a web page, for search engines and social networks.',
  kind: 'model',
  input: z.object({ content: contentField, language: optionalLanguageField, voice_tone: voiceToneField }),
  result: z.object({ meta_tags: metaTags.describe('Tags that the text has nothing for are empty strings.') }),

  async run({ content, language, voice_tone }, { model, signal }) {
    const answer = await model.generate({
      schema: answerSchema,
      schemaName: 'meta_tags',
      instructions: INSTRUCTIONS,
      content: modelMessage({ language: language || LANGUAGE_DEFAULT, voice_tone, text: content }),
      signal,
    })
    const find = createQuoteFinder(content)
    const quote = (text: string) => find(text) ?? ''
    const link = (text: string) => (isWebAddress(quote(text)) ? quote(text) : '')
    const image = link(answer.image_url)
    return {
      meta_tags: {
        title: answer.title,
        author: quote(answer.author),
        keywords: answer.keywords.slice(0, KEYWORDS_MAX).join(', '),
        description: answer.description,
        'og:url': link(answer.page_url),
        'og:type': answer.og_type,
        'og:image': image,
        'og:title': answer.og_title,
        'og:site_name': quote(answer.site_name),
        'og:description': answer.og_description,
        'twitter:card': image === '' ? ('summary' as const) : ('summary_large_image' as const),
        'twitter:image': image,
        'twitter:title': answer.twitter_title,
        'twitter:creator': quote(answer.twitter_creator),
        'twitter:description': answer.twitter_description,
      },
    }
  },
})

function isWebAddress(text: string): boolean {
  return /^https?:/i.test(text) && URL.canParse(text)
}
