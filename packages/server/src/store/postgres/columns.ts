type Value = string | number | boolean | null

/** Between the texts of a {@link jsonColumn}; JSON has it only escaped. */
const SEPARATOR = '\n'

/**
 * One column of a batch as the text of a PostgreSQL array, for `unnest`. `pg` makes the same text of an array, at four
 * times the cost: it searches every element twice.
 * https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function toColumn<Row>(rows: readonly Row[], read: (row: Row) => Value): string {
  let text = ''
  for (const row of rows) {
    const value = read(row)
    text += text === '' ? '{' : ','
    text += value === null ? 'null' : typeof value === 'string' ? quote(value) : value
  }
  return text === '' ? '{}' : `${text}}`
}

function quote(text: string): string {
  return /["\\]/.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`
}

/** One column of JSON texts, for {@link jsonColumn}: nothing in them needs escaping, and they would need much of it. */
export function toJsonColumn<Row>(rows: readonly Row[], read: (row: Row) => unknown): string {
  return rows.map((row) => JSON.stringify(read(row))).join(SEPARATOR)
}

/** SQL that makes an array of the texts that {@link toJsonColumn} joined. A JSON `null` becomes NULL. */
export function jsonColumn(parameter: string): string {
  return `string_to_array(${parameter}, E'\\n', 'null')`
}
