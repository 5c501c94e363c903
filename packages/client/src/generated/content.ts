// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

/** Parameters of `POST /content/detect_phones`. Finds the phone numbers in a text and writes each in international form. */
export interface ContentDetectPhonesInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** Two-letter code of the country whose national numbers are meant; without it only international ones count. */
  country?: string | null | undefined
}

/** Result of `POST /content/detect_phones`. */
export type ContentDetectPhonesResult = {
  /** The number as it stands in the text. */
  detected_number: string
  /** The same in E.164: a plus sign and digits. */
  parsed_number: string
}[]

/** Parameters of `POST /content/detect_emails`. Finds the e-mail addresses in a text. */
export interface ContentDetectEmailsInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /content/detect_emails`. */
export type ContentDetectEmailsResult = string[]

/** Parameters of `POST /content/detect_urls`. Finds the URLs in a text, with the protocol of each. */
export interface ContentDetectUrlsInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /content/detect_urls`. */
export type ContentDetectUrlsResult = {
  /** The URL as it stands in the text; one without a scheme gets "http://". */
  url: string
  /** Its scheme in lower case, without the colon. */
  protocol: string
}[]

/** Parameters of `POST /content/detect_address`. Finds the postal addresses in a text. */
export interface ContentDetectAddressInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /content/detect_address`. */
export type ContentDetectAddressResult = string[]

/** Parameters of `POST /content/detect_spam`. Tells whether a text is spam. */
export interface ContentDetectSpamInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /content/detect_spam`. */
export interface ContentDetectSpamResult {
  /** True when the text is no spam. */
  pass: boolean
  /** How sure the verdict is, in percent. 0 to 100. */
  score: number
  /** Why, in English. */
  reason: string
}

/** Parameters of `POST /content/detect_profanities`. Finds profanities in a text. */
export interface ContentDetectProfanitiesInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /content/detect_profanities`. */
export interface ContentDetectProfanitiesResult {
  /** True when the text has none. */
  pass: boolean
  /** How sure the verdict is, in percent. 0 to 100. */
  score: number
  /** Why, in English. */
  reason: string
  /** The profanities as they stand in the text, each once. */
  profanities: string[]
}

/** Parameters of `POST /content/detect_ai`. Tells how likely a text was written by a language model. */
export interface ContentDetectAiInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /content/detect_ai`. */
export interface ContentDetectAiResult {
  /** How likely a language model wrote the text, in percent. 0 to 100. */
  ai_likelihood_percent: number
  /** The verdict in one English sentence. */
  assessment: string
  /** What the verdict rests on, in English. */
  reasoning: string
  flagged_parts: {
    /** The part as it stands in the text. */
    text: string
    /** Why it was flagged, in English. */
    reason: string
  }[]
}

/** Parameters of `POST /content/translate`. Translates a text into another language. */
export interface ContentTranslateInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language to translate into, such as "German". At most 64 characters. */
  language: string
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** What the model should know or keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /content/translate`. */
export interface ContentTranslateResult {
  /** The translation. */
  content: string
  /** English name of the original language. */
  from_language: string
  /** The language that was asked for. */
  to_language: string
}

/** Parameters of `POST /content/summarize`. Summarizes a text. */
export interface ContentSummarizeInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Wished length of the answer in words: a strong hint, no hard limit. 1 to 100000. */
  max_length?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** What the model should know or keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /content/summarize`. */
export interface ContentSummarizeResult {
  /** The summary. */
  summary: string
}

/** Parameters of `POST /content/paraphrase`. Says a text in other words. */
export interface ContentParaphraseInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Wished length of the answer in words: a strong hint, no hard limit. 1 to 100000. */
  max_length?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** What the model should know or keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /content/paraphrase`. */
export interface ContentParaphraseResult {
  /** The text in other words. */
  paraphrase: string
}

/** Parameters of `POST /content/proofread`. Corrects spelling, grammar and punctuation of a text. */
export interface ContentProofreadInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /content/proofread`. */
export interface ContentProofreadResult {
  /** The corrected text. */
  proofread: string
}

/** Parameters of `POST /content/keywords`. Finds keywords and tags for a text. */
export interface ContentKeywordsInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Most items in the list; 10 when left out. 1 to 1000. */
  max_quantity?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** What the model should know or keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /content/keywords`. */
export type ContentKeywordsResult = string[]
