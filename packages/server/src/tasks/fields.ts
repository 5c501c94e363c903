import { CONTENT_LENGTH_MAX } from '@ringback/contract'
import { z } from 'zod'

/** Longest name of a language in characters; "Norwegian Nynorsk (Norway)" has 26. */
const LANGUAGE_LENGTH_MAX = 64

/** Longest wish about tone in characters: some adjectives or a writer's name. */
const VOICE_TONE_LENGTH_MAX = 500

/** Longest context in characters, the one limit that the wire facts state for a text parameter (section 2.1, row 10). */
const CONTEXT_LENGTH_MAX = 5_000

/** Longest short text in characters: the name of a city, a company, a skill. */
const SHORT_TEXT_LENGTH_MAX = 200

/** Largest `max_quantity`: published samples ask for 400. */
const QUANTITY_MAX = 1_000

/** Largest `max_length`, in words: more than CONTENT_LENGTH_MAX characters can hold. */
const WORDS_MAX = 100_000

/** The language of answers when none is named (wire facts, section 2.2). */
export const LANGUAGE_DEFAULT = 'English'

/** Items of a list when no `max_quantity` is named. */
export const QUANTITY_DEFAULT = 10

/*
 * The schemas bring messages of their own only where a rule cannot be read off the type: `http/` words the others. All
 * of them follow the name of their field: "language: must be …".
 */

/** The text to work on: required, 1 to CONTENT_LENGTH_MAX UTF-16 code units. */
export const contentField = z.string().min(1).max(CONTENT_LENGTH_MAX).describe('The text to work on.')

const languageName = z
  .string()
  .trim()
  .max(LANGUAGE_LENGTH_MAX)
  .regex(/^[\p{L}\p{M}\p{Nd} ()'’.,_-]*$/u, 'must be the name of a language, such as "German"')

/**
 * A language by its English name ("German", "Chinese (Traditional)"). Not a closed list: what a model can do is for the
 * model to know. Letters, digits, spaces and little punctuation only, because it is a name and no place for sentences.
 */
export const languageField = languageName.min(1)

/** The same where it may be left out; null and the empty string count as left out. */
export const optionalLanguageField = languageName
  .nullish()
  .describe(`English name of the language of the answer, such as "German"; ${LANGUAGE_DEFAULT} when left out.`)

export const voiceToneField = z
  .string()
  .max(VOICE_TONE_LENGTH_MAX)
  .nullish()
  .describe('Tone of the answer in free words, such as "formal" or a writer\'s name.')

export const contextField = z
  .string()
  .max(CONTEXT_LENGTH_MAX)
  .nullish()
  .describe('What the model should know or keep in mind.')

export const maxLengthField = optional(z.int().min(1).max(WORDS_MAX)).describe(
  'Wished length of the answer in words: a strong hint, no hard limit.',
)

export const maxQuantityField = optional(z.int().min(1).max(QUANTITY_MAX)).describe(
  `Most items in the list; ${QUANTITY_DEFAULT} when left out.`,
)

/** A short text that must be given: the name of a skill, a position. */
export const shortTextField = z.string().trim().min(1).max(SHORT_TEXT_LENGTH_MAX)

/** The same where it may be left out. */
export const optionalShortTextField = z.string().trim().max(SHORT_TEXT_LENGTH_MAX).nullish()

/** Accepts, beside a value, what clients send for none: null and the empty string (wire facts, section 2.2). */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.literal('')]).nullish()
}
