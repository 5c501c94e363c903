// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

import type { DispatchOptions, JobHandle } from '../types.ts'
import type {
  ContentDetectAddressInput,
  ContentDetectAiInput,
  ContentDetectEmailsInput,
  ContentDetectPhonesInput,
  ContentDetectProfanitiesInput,
  ContentDetectSpamInput,
  ContentDetectUrlsInput,
  ContentKeywordsInput,
  ContentParaphraseInput,
  ContentProofreadInput,
  ContentSummarizeInput,
  ContentTranslateInput,
} from './content.ts'
import type {
  EcommerceProductCategoriesInput,
  EcommerceProductDescriptionInput,
  EcommerceProductIntroInput,
  EcommerceReviewSentimentInput,
  EcommerceThankYouEmailInput,
} from './ecommerce.ts'
import type { InvoiceParseInput } from './finance.ts'
import type {
  HrJobDescriptionInput,
  HrParseResumeInput,
  HrRelatedJobPositionsInput,
  HrRelatedSkillsInput,
  HrResumeJobMatchScoreInput,
} from './hr.ts'
import type { JobResults } from './jobs.ts'
import type { SeoGenerateTagsInput } from './seo.ts'
import type {
  TthHospitalityProductCategoriesInput,
  TthReviewSentimentInput,
  TthTaProductCategoriesInput,
} from './tth.ts'

/** The methods that dispatch jobs, grouped like the paths. */
export interface JobMethods {
  readonly content: {
    /** Finds the phone numbers in a text and writes each in international form. */
    detectPhones(
      input: ContentDetectPhonesInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'content_detect_phones'>>
    /** Finds the e-mail addresses in a text. */
    detectEmails(
      input: ContentDetectEmailsInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'content_detect_emails'>>
    /** Finds the URLs in a text, with the protocol of each. */
    detectUrls(input: ContentDetectUrlsInput, options?: DispatchOptions): Promise<JobHandle<'content_detect_urls'>>
    /** Finds the postal addresses in a text. */
    detectAddress(
      input: ContentDetectAddressInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'content_detect_address'>>
    /** Tells whether a text is spam. */
    detectSpam(input: ContentDetectSpamInput, options?: DispatchOptions): Promise<JobHandle<'content_detect_spam'>>
    /** Finds profanities in a text. */
    detectProfanities(
      input: ContentDetectProfanitiesInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'content_detect_profanities'>>
    /** Tells how likely a text was written by a language model. */
    detectAi(input: ContentDetectAiInput, options?: DispatchOptions): Promise<JobHandle<'content_detect_ai'>>
    /** Translates a text into another language. */
    translate(input: ContentTranslateInput, options?: DispatchOptions): Promise<JobHandle<'content_translate'>>
    /** Summarizes a text. */
    summarize(input: ContentSummarizeInput, options?: DispatchOptions): Promise<JobHandle<'content_summarize'>>
    /** Says a text in other words. */
    paraphrase(input: ContentParaphraseInput, options?: DispatchOptions): Promise<JobHandle<'content_paraphrase'>>
    /** Corrects spelling, grammar and punctuation of a text. */
    proofread(input: ContentProofreadInput, options?: DispatchOptions): Promise<JobHandle<'content_proofread'>>
    /** Finds keywords and tags for a text. */
    keywords(input: ContentKeywordsInput, options?: DispatchOptions): Promise<JobHandle<'content_keywords'>>
  }
  readonly seo: {
    /** Writes the meta tags of a web page, for search engines and social networks. */
    generateTags(input: SeoGenerateTagsInput, options?: DispatchOptions): Promise<JobHandle<'seo_generate_tags'>>
  }
  readonly ecommerce: {
    /** Writes a short introduction of a product. */
    productIntro(
      input: EcommerceProductIntroInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'ecommerce_product_intro'>>
    /** Writes a description of a product. */
    productDescription(
      input: EcommerceProductDescriptionInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'ecommerce_product_description'>>
    /** Finds the shop categories that a product belongs to. */
    productCategories(
      input: EcommerceProductCategoriesInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'ecommerce_product_categories'>>
    /** Tells whether the review of a product is positive, negative or neutral. */
    reviewSentiment(
      input: EcommerceReviewSentimentInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'ecommerce_review_sentiment'>>
    /** Writes an e-mail that thanks a customer for a purchase. */
    thankYouEmail(
      input: EcommerceThankYouEmailInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'ecommerce_thank_you_email'>>
  }
  readonly hr: {
    /** Reads a résumé into fields. */
    parseResume(input: HrParseResumeInput, options?: DispatchOptions): Promise<JobHandle<'hr_parse_resume'>>
    /** Scores how well a résumé fits a job description. */
    resumeJobMatchScore(
      input: HrResumeJobMatchScoreInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'hr_resume_job_match_score'>>
    /** Writes the description of a job from what is known of it. */
    jobDescription(input: HrJobDescriptionInput, options?: DispatchOptions): Promise<JobHandle<'hr_job_description'>>
    /** Names skills that are related to a skill. */
    relatedSkills(input: HrRelatedSkillsInput, options?: DispatchOptions): Promise<JobHandle<'hr_related_skills'>>
    /** Names job positions that are related to one. */
    relatedJobPositions(
      input: HrRelatedJobPositionsInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'hr_related_job_positions'>>
  }
  readonly finance: {
    /** Reads the invoices in a file into fields. */
    parseInvoice(input: InvoiceParseInput, options?: DispatchOptions): Promise<JobHandle<'invoice_parse'>>
  }
  readonly tth: {
    /** Tells whether the review of a stay or a trip is positive, negative or neutral. */
    reviewSentiment(
      input: TthReviewSentimentInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'tth_review_sentiment'>>
    /** Finds the categories that a tour or an activity belongs to. */
    taProductCategories(
      input: TthTaProductCategoriesInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'tth_ta_product_categories'>>
    /** Finds the categories that a place to stay, eat or meet belongs to. */
    hospitalityProductCategories(
      input: TthHospitalityProductCategoriesInput,
      options?: DispatchOptions,
    ): Promise<JobHandle<'tth_hospitality_product_categories'>>
  }
}

/** A job type, its method and its fields that are files. */
export interface CatalogueEntry {
  readonly group: keyof JobMethods
  readonly method: string
  readonly path: string
  readonly type: keyof JobResults
  readonly files?: readonly string[]
}

/** Every job type. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  { group: 'content', method: 'detectPhones', path: '/content/detect_phones', type: 'content_detect_phones' },
  { group: 'content', method: 'detectEmails', path: '/content/detect_emails', type: 'content_detect_emails' },
  { group: 'content', method: 'detectUrls', path: '/content/detect_urls', type: 'content_detect_urls' },
  { group: 'content', method: 'detectAddress', path: '/content/detect_address', type: 'content_detect_address' },
  { group: 'content', method: 'detectSpam', path: '/content/detect_spam', type: 'content_detect_spam' },
  {
    group: 'content',
    method: 'detectProfanities',
    path: '/content/detect_profanities',
    type: 'content_detect_profanities',
  },
  { group: 'content', method: 'detectAi', path: '/content/detect_ai', type: 'content_detect_ai' },
  { group: 'content', method: 'translate', path: '/content/translate', type: 'content_translate' },
  { group: 'content', method: 'summarize', path: '/content/summarize', type: 'content_summarize' },
  { group: 'content', method: 'paraphrase', path: '/content/paraphrase', type: 'content_paraphrase' },
  { group: 'content', method: 'proofread', path: '/content/proofread', type: 'content_proofread' },
  { group: 'content', method: 'keywords', path: '/content/keywords', type: 'content_keywords' },
  { group: 'seo', method: 'generateTags', path: '/seo/generate_tags', type: 'seo_generate_tags' },
  { group: 'ecommerce', method: 'productIntro', path: '/ecommerce/product_intro', type: 'ecommerce_product_intro' },
  {
    group: 'ecommerce',
    method: 'productDescription',
    path: '/ecommerce/product_description',
    type: 'ecommerce_product_description',
  },
  {
    group: 'ecommerce',
    method: 'productCategories',
    path: '/ecommerce/product_categories',
    type: 'ecommerce_product_categories',
  },
  {
    group: 'ecommerce',
    method: 'reviewSentiment',
    path: '/ecommerce/review_sentiment',
    type: 'ecommerce_review_sentiment',
  },
  {
    group: 'ecommerce',
    method: 'thankYouEmail',
    path: '/ecommerce/thank_you_email',
    type: 'ecommerce_thank_you_email',
  },
  { group: 'hr', method: 'parseResume', path: '/hr/parse_resume', type: 'hr_parse_resume', files: ['file'] },
  {
    group: 'hr',
    method: 'resumeJobMatchScore',
    path: '/hr/resume_job_match_score',
    type: 'hr_resume_job_match_score',
    files: ['file'],
  },
  { group: 'hr', method: 'jobDescription', path: '/hr/job_description', type: 'hr_job_description' },
  { group: 'hr', method: 'relatedSkills', path: '/hr/related_skills', type: 'hr_related_skills' },
  { group: 'hr', method: 'relatedJobPositions', path: '/hr/related_job_positions', type: 'hr_related_job_positions' },
  { group: 'finance', method: 'parseInvoice', path: '/finance/parse_invoice', type: 'invoice_parse', files: ['file'] },
  { group: 'tth', method: 'reviewSentiment', path: '/tth/review_sentiment', type: 'tth_review_sentiment' },
  {
    group: 'tth',
    method: 'taProductCategories',
    path: '/tth/ta_product_categories',
    type: 'tth_ta_product_categories',
  },
  {
    group: 'tth',
    method: 'hospitalityProductCategories',
    path: '/tth/hospitality_product_categories',
    type: 'tth_hospitality_product_categories',
  },
]
