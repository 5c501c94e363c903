/**
 * What a caller sent, as one JSON object for the model: the quoting keeps the fields apart whatever the text says, so
 * that a text cannot pretend to be the wish about its own tone. Fields that are null, undefined or empty are left out.
 */
export function modelMessage(
  fields: Readonly<Record<string, string | number | boolean | readonly unknown[] | null | undefined>>,
): string {
  const given = Object.entries(fields).filter(([, value]) => {
    const isEmpty =
      value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
    return !isEmpty
  })
  return jsonForModel(Object.fromEntries(given))
}

/** JSON in which every text is one: JSON would write half a surrogate pair as an escape, which models read as what it says. */
export function jsonForModel(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'string') return inner.toWellFormed()
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    if (Object.keys(inner).every((key) => key.isWellFormed())) return inner
    return Object.fromEntries(Object.entries(inner).map(([key, of]) => [key.toWellFormed(), of]))
  })
}
