// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

/** Parameters of `POST /seo/generate_tags`. Writes the meta tags of a web page, for search engines and social networks. */
export interface SeoGenerateTagsInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
}

/** Result of `POST /seo/generate_tags`. */
export interface SeoGenerateTagsResult {
  /** Tags that the text has nothing for are empty strings. */
  meta_tags: {
    title: string
    author: string
    /** Separated by commas. */
    keywords: string
    description: string
    'og:url': string
    'og:type': string
    'og:image': string
    'og:title': string
    'og:site_name': string
    'og:description': string
    'twitter:card': 'summary' | 'summary_large_image'
    'twitter:image': string
    'twitter:title': string
    'twitter:creator': string
    'twitter:description': string
  }
}
