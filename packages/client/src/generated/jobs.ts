// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.

import type {
  ContentDetectAddressInput,
  ContentDetectAddressResult,
  ContentDetectAiInput,
  ContentDetectAiResult,
  ContentDetectEmailsInput,
  ContentDetectEmailsResult,
  ContentDetectPhonesInput,
  ContentDetectPhonesResult,
  ContentDetectProfanitiesInput,
  ContentDetectProfanitiesResult,
  ContentDetectSpamInput,
  ContentDetectSpamResult,
  ContentDetectUrlsInput,
  ContentDetectUrlsResult,
  ContentKeywordsInput,
  ContentKeywordsResult,
  ContentParaphraseInput,
  ContentParaphraseResult,
  ContentProofreadInput,
  ContentProofreadResult,
  ContentSummarizeInput,
  ContentSummarizeResult,
  ContentTranslateInput,
  ContentTranslateResult,
} from './content.ts'
import type {
  EcommerceProductCategoriesInput,
  EcommerceProductCategoriesResult,
  EcommerceProductDescriptionInput,
  EcommerceProductDescriptionResult,
  EcommerceProductIntroInput,
  EcommerceProductIntroResult,
  EcommerceReviewSentimentInput,
  EcommerceReviewSentimentResult,
  EcommerceThankYouEmailInput,
  EcommerceThankYouEmailResult,
} from './ecommerce.ts'
import type { InvoiceParseInput, InvoiceParseResult } from './finance.ts'
import type {
  HrJobDescriptionInput,
  HrJobDescriptionResult,
  HrParseResumeInput,
  HrParseResumeResult,
  HrRelatedJobPositionsInput,
  HrRelatedJobPositionsResult,
  HrRelatedSkillsInput,
  HrRelatedSkillsResult,
  HrResumeJobMatchScoreInput,
  HrResumeJobMatchScoreResult,
} from './hr.ts'
import type { SeoGenerateTagsInput, SeoGenerateTagsResult } from './seo.ts'
import type {
  TthHospitalityProductCategoriesInput,
  TthHospitalityProductCategoriesResult,
  TthReviewSentimentInput,
  TthReviewSentimentResult,
  TthTaProductCategoriesInput,
  TthTaProductCategoriesResult,
} from './tth.ts'

/** The parameters of each job type. */
export interface JobInputs {
  content_detect_phones: ContentDetectPhonesInput
  content_detect_emails: ContentDetectEmailsInput
  content_detect_urls: ContentDetectUrlsInput
  content_detect_address: ContentDetectAddressInput
  content_detect_spam: ContentDetectSpamInput
  content_detect_profanities: ContentDetectProfanitiesInput
  content_detect_ai: ContentDetectAiInput
  content_translate: ContentTranslateInput
  content_summarize: ContentSummarizeInput
  content_paraphrase: ContentParaphraseInput
  content_proofread: ContentProofreadInput
  content_keywords: ContentKeywordsInput
  seo_generate_tags: SeoGenerateTagsInput
  ecommerce_product_intro: EcommerceProductIntroInput
  ecommerce_product_description: EcommerceProductDescriptionInput
  ecommerce_product_categories: EcommerceProductCategoriesInput
  ecommerce_review_sentiment: EcommerceReviewSentimentInput
  ecommerce_thank_you_email: EcommerceThankYouEmailInput
  hr_parse_resume: HrParseResumeInput
  hr_resume_job_match_score: HrResumeJobMatchScoreInput
  hr_job_description: HrJobDescriptionInput
  hr_related_skills: HrRelatedSkillsInput
  hr_related_job_positions: HrRelatedJobPositionsInput
  invoice_parse: InvoiceParseInput
  tth_review_sentiment: TthReviewSentimentInput
  tth_ta_product_categories: TthTaProductCategoriesInput
  tth_hospitality_product_categories: TthHospitalityProductCategoriesInput
}

/** The result of each job type. */
export interface JobResults {
  content_detect_phones: ContentDetectPhonesResult
  content_detect_emails: ContentDetectEmailsResult
  content_detect_urls: ContentDetectUrlsResult
  content_detect_address: ContentDetectAddressResult
  content_detect_spam: ContentDetectSpamResult
  content_detect_profanities: ContentDetectProfanitiesResult
  content_detect_ai: ContentDetectAiResult
  content_translate: ContentTranslateResult
  content_summarize: ContentSummarizeResult
  content_paraphrase: ContentParaphraseResult
  content_proofread: ContentProofreadResult
  content_keywords: ContentKeywordsResult
  seo_generate_tags: SeoGenerateTagsResult
  ecommerce_product_intro: EcommerceProductIntroResult
  ecommerce_product_description: EcommerceProductDescriptionResult
  ecommerce_product_categories: EcommerceProductCategoriesResult
  ecommerce_review_sentiment: EcommerceReviewSentimentResult
  ecommerce_thank_you_email: EcommerceThankYouEmailResult
  hr_parse_resume: HrParseResumeResult
  hr_resume_job_match_score: HrResumeJobMatchScoreResult
  hr_job_description: HrJobDescriptionResult
  hr_related_skills: HrRelatedSkillsResult
  hr_related_job_positions: HrRelatedJobPositionsResult
  invoice_parse: InvoiceParseResult
  tth_review_sentiment: TthReviewSentimentResult
  tth_ta_product_categories: TthTaProductCategoriesResult
  tth_hospitality_product_categories: TthHospitalityProductCategoriesResult
}
