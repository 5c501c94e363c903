import { detectAddress } from './content/detect-address.ts'
import { detectAi } from './content/detect-ai.ts'
import { detectEmails } from './content/detect-emails.ts'
import { detectPhones } from './content/detect-phones.ts'
import { detectProfanities } from './content/detect-profanities.ts'
import { detectSpam } from './content/detect-spam.ts'
import { detectUrls } from './content/detect-urls.ts'
import { keywords } from './content/keywords.ts'
import { paraphrase } from './content/paraphrase.ts'
import { proofread } from './content/proofread.ts'
import { summarize } from './content/summarize.ts'
import { translate } from './content/translate.ts'
import { productCategories } from './ecommerce/product-categories.ts'
import { productDescription } from './ecommerce/product-description.ts'
import { productIntro } from './ecommerce/product-intro.ts'
import { productReviewSentiment } from './ecommerce/review-sentiment.ts'
import { thankYouEmail } from './ecommerce/thank-you-email.ts'
import { parseInvoice } from './finance/parse-invoice.ts'
import { jobDescription } from './hr/job-description.ts'
import { parseResume } from './hr/parse-resume.ts'
import { relatedJobPositions } from './hr/related-job-positions.ts'
import { relatedSkills } from './hr/related-skills.ts'
import { resumeJobMatchScore } from './hr/resume-job-match-score.ts'
import { generateTags } from './seo/generate-tags.ts'
import type { Task } from './task.ts'
import { hospitalityProductCategories } from './tth/hospitality-product-categories.ts'
import { travelReviewSentiment } from './tth/review-sentiment.ts'
import { tourProductCategories } from './tth/ta-product-categories.ts'

/** Every task of this server, in the order in which documentation lists them. A new task is one file and one line. */
export const TASKS: readonly Task[] = [
  detectPhones,
  detectEmails,
  detectUrls,
  detectAddress,
  detectSpam,
  detectProfanities,
  detectAi,
  translate,
  summarize,
  paraphrase,
  proofread,
  keywords,
  generateTags,
  productIntro,
  productDescription,
  productCategories,
  productReviewSentiment,
  thankYouEmail,
  parseResume,
  resumeJobMatchScore,
  jobDescription,
  relatedSkills,
  relatedJobPositions,
  parseInvoice,
  travelReviewSentiment,
  tourProductCategories,
  hospitalityProductCategories,
]

/** Finds tasks by what requests and stored jobs call them. */
export interface TaskRegistry {
  byType(type: string): Task | undefined
  /** The path below `/api/v1`, beginning with a slash. */
  byPath(path: string): Task | undefined
  readonly all: readonly Task[]
}

/**
 * @throws Error when two tasks have the same type or the same path: one of them could never be reached
 */
export function createTaskRegistry(tasks: readonly Task[] = TASKS): TaskRegistry {
  const byType = index(tasks, 'type')
  const byPath = index(tasks, 'path')
  return {
    byType: (type) => byType.get(type),
    byPath: (path) => byPath.get(path),
    all: [...tasks],
  }
}

function index(tasks: readonly Task[], key: 'type' | 'path'): ReadonlyMap<string, Task> {
  const tasksByKey = new Map<string, Task>()
  for (const task of tasks) {
    if (tasksByKey.has(task[key])) throw new Error(`two tasks have the ${key} "${task[key]}"`)
    tasksByKey.set(task[key], task)
  }
  return tasksByKey
}
