// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

/** Parameters of `POST /ecommerce/product_intro`. Writes a short introduction of a product. */
export interface EcommerceProductIntroInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Wished length of the answer in words: a strong hint, no hard limit. 1 to 100000. */
  max_length?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
}

/** Result of `POST /ecommerce/product_intro`. */
export interface EcommerceProductIntroResult {
  /** The introduction. */
  product_intro: string
}

/** Parameters of `POST /ecommerce/product_description`. Writes a description of a product. */
export interface EcommerceProductDescriptionInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Wished length of the answer in words: a strong hint, no hard limit. 1 to 100000. */
  max_length?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
}

/** Result of `POST /ecommerce/product_description`. */
export interface EcommerceProductDescriptionResult {
  /** The description, in paragraphs. */
  product_description: string
}

/** Parameters of `POST /ecommerce/product_categories`. Finds the shop categories that a product belongs to. */
export interface EcommerceProductCategoriesInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Most items in the list; 10 when left out. 1 to 1000. */
  max_quantity?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** Own categories to choose from, separated by commas, or what else to keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /ecommerce/product_categories`. */
export type EcommerceProductCategoriesResult = {
  /** The name. */
  name: string
  /** How well it fits, from 1.0 to 10.0. 1 to 10. */
  weight: number
}[]

/** Parameters of `POST /ecommerce/review_sentiment`. Tells whether the review of a product is positive, negative or neutral. */
export interface EcommerceReviewSentimentInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /ecommerce/review_sentiment`. */
export interface EcommerceReviewSentimentResult {
  /** How sure the opinion is, in percent. 0 to 100. */
  score: number
  /** What the review says on the whole. */
  opinion: 'POSITIVE' | 'NEGATIVE' | 'NEUTRAL'
}

/** Parameters of `POST /ecommerce/thank_you_email`. Writes an e-mail that thanks a customer for a purchase. */
export interface EcommerceThankYouEmailInput {
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

/** Result of `POST /ecommerce/thank_you_email`. */
export interface EcommerceThankYouEmailResult {
  /** The text of the e-mail, with line breaks. */
  email: string
}
