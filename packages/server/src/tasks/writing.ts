import type { z } from 'zod'
import { contentField, LANGUAGE_DEFAULT, maxLengthField, optionalLanguageField, voiceToneField } from './fields.ts'

/** What callers may wish of a text that is written for them. */
export const writingFields = {
  content: contentField,
  language: optionalLanguageField,
  max_length: maxLengthField,
  voice_tone: voiceToneField,
}

type Writing = z.output<z.ZodObject<typeof writingFields>> & { readonly context?: string | null | undefined }

/** The same as the model is told it, in the words of the rules in `instructions.ts`. */
export function writingMessage({ content, language, max_length, voice_tone, context }: Writing) {
  return { language: language || LANGUAGE_DEFAULT, max_words: max_length, voice_tone, context, text: content }
}
