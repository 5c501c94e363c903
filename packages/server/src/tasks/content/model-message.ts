import { z } from 'zod'

/** A string that must not come back blank. JSON Schema does not carry the rule to the model; a blank answer is asked again. */
export const visibleText = z.string().refine((text) => text.trim() !== '', 'must not be blank')

/**
 * What a caller sent, as one JSON object for the model: the quoting keeps the fields apart whatever the text says, so
 * that a text cannot pretend to be the wish about its own tone. Fields that are null, undefined or empty are left out.
 */
export function modelMessage(fields: Readonly<Record<string, string | number | null | undefined>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '')
  return JSON.stringify(Object.fromEntries(given))
}
