// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

/** Parameters of `POST /tth/review_sentiment`. Tells whether the review of a stay or a trip is positive, negative or neutral. */
export interface TthReviewSentimentInput {
  /** The text to work on. At most 500000 characters. */
  content: string
}

/** Result of `POST /tth/review_sentiment`. */
export interface TthReviewSentimentResult {
  /** How sure the opinion is, in percent. 0 to 100. */
  score: number
  /** What the review says on the whole. */
  opinion: 'POSITIVE' | 'NEGATIVE' | 'NEUTRAL'
}

/** Parameters of `POST /tth/ta_product_categories`. Finds the categories that a tour or an activity belongs to. */
export interface TthTaProductCategoriesInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** Where the product is offered. At most 200 characters. */
  city?: string | null | undefined
  /** Where the product is offered. At most 200 characters. */
  country?: string | null | undefined
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Most items in the list; 10 when left out. 1 to 1000. */
  max_quantity?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** Own categories to choose from, separated by commas, or what else to keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /tth/ta_product_categories`. */
export type TthTaProductCategoriesResult = {
  /** The name. */
  name: string
  /** How well it fits, from 1.0 to 10.0. 1 to 10. */
  weight: number
}[]

/** Parameters of `POST /tth/hospitality_product_categories`. Finds the categories that a place to stay, eat or meet belongs to. */
export interface TthHospitalityProductCategoriesInput {
  /** The text to work on. At most 500000 characters. */
  content: string
  /** Where the product is offered. At most 200 characters. */
  city?: string | null | undefined
  /** Where the product is offered. At most 200 characters. */
  country?: string | null | undefined
  /** English name of the language of the answer, such as "German"; English when left out. At most 64 characters. */
  language?: string | null | undefined
  /** Most items in the list; 10 when left out. 1 to 1000. */
  max_quantity?: number | null | undefined
  /** Tone of the answer in free words, such as "formal" or a writer's name. At most 500 characters. */
  voice_tone?: string | null | undefined
  /** Own categories to choose from, separated by commas, or what else to keep in mind. At most 5000 characters. */
  context?: string | null | undefined
}

/** Result of `POST /tth/hospitality_product_categories`. */
export type TthHospitalityProductCategoriesResult = {
  /** The name. */
  name: string
  /** How well it fits, from 1.0 to 10.0. 1 to 10. */
  weight: number
}[]
