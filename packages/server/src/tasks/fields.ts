import { CONTENT_LENGTH_MAX } from '@ringback/contract'
import { z } from 'zod'

/** Longest name of a language in characters; "Norwegian Nynorsk (Norway)" has 26. */
const LANGUAGE_LENGTH_MAX = 64

/** Longest wish about tone in characters: some adjectives or a writer's name. */
const VOICE_TONE_LENGTH_MAX = 500

/** Longest context in characters, the one limit that the wire facts state for a text parameter (section 2.1, row 10). */
const CONTEXT_LENGTH_MAX = 5_000

/** Largest `max_length`, in words: more than CONTENT_LENGTH_MAX characters can hold. */
const WORDS_MAX = 100_000

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
export const optionalLanguageField = languageName.nullish()

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

export const maxLengthField = z
  .int()
  .min(1)
  .max(WORDS_MAX)
  .nullish()
  .describe('Wished length of the answer in words: a strong hint, no hard limit.')
