type Value = string | number | boolean | null

/** `json`: what {@link toJsonColumn} and {@link toJsonTextColumn} make; all others are made by {@link toColumn}. */
type ColumnType = 'text' | 'bigint' | 'integer' | 'boolean' | 'double precision' | 'json'

/** Between JSON texts: in strings it is always escaped, and it is no white space. */
const SEPARATOR = '\u001e'

/**
 * SQL of the rows of a batch, from one parameter a column, `$1` and on, in the order of `columns`; with `ordinal`, the
 * place in the batch from 1 on. The first column is the one that says how many there are: {@link toKeyColumn}.
 */
export function rowsOf(columns: Readonly<Record<string, ColumnType>>): string {
  const all = Object.entries(columns).map(([name, type], index) => ({
    name,
    type,
    array: arrayOf(type, `$${index + 1}`),
  }))
  const values = all.map(({ name, type, array }, index) =>
    index === 0 || type === 'json'
      ? `i.${name}`
      : `case when cardinality(${array}) = 1 then (${array})[1] else i.${name} end as ${name}`,
  )
  return `select ${values.join(',\n      ')}, i.ordinal
    from unnest(${all.map(({ array }) => array).join(', ')})
      with ordinality as i (${all.map(({ name }) => name).join(', ')}, ordinal)`
}

/** A JSON text is never empty, so an empty one is NULL. */
function arrayOf(type: ColumnType, parameter: string): string {
  return type === 'json' ? `string_to_array(${parameter}, E'\\x1e', '')` : `${parameter}::${type}[]`
}

/**
 * One column of a batch as the text of a PostgreSQL array, for {@link rowsOf}; of values that are all the same only one,
 * and none when all are null. `pg` makes the same text of an array, at four times the cost: it searches every element twice.
 * https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function toColumn<Row>(rows: readonly Row[], read: (row: Row) => Value): string {
  const first = rows.length === 0 ? null : read(rows[0] as Row)
  if (rows.every((row) => read(row) === first)) return first === null ? '{}' : `{${toElement(first)}}`
  return toKeyColumn(rows, read)
}

/** The same with an element for each row, whatever the values are. */
export function toKeyColumn<Row>(rows: readonly Row[], read: (row: Row) => Value): string {
  let text = ''
  for (const row of rows) text += (text === '' ? '{' : ',') + toElement(read(row))
  return text === '' ? '{}' : `${text}}`
}

function toElement(value: Value): string | number | boolean {
  return typeof value === 'string' ? quote(value) : value === null ? 'null' : value
}

function quote(text: string): string {
  return /["\\]/.test(text) ? `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` : `"${text}"`
}

/** One column of values as JSON texts: nothing in them needs escaping, and as elements of an array they would need much of it. */
export function toJsonColumn<Row>(rows: readonly Row[], read: (row: Row) => unknown): string {
  return toJsonTextColumn(rows, (row) => {
    const value = read(row)
    return value === null ? null : JSON.stringify(value)
  })
}

/**
 * The same of texts that are JSON already.
 * @throws Error when one is not, and would move all that follows to other rows
 */
export function toJsonTextColumn<Row>(rows: readonly Row[], read: (row: Row) => string | null): string {
  const texts = rows.map((row) => read(row) ?? '')
  const column = texts.join(SEPARATOR)
  if (occurrences(column, SEPARATOR) >= Math.max(texts.length, 1)) throw new Error('a text is not JSON')
  return column
}

function occurrences(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) count++
  return count
}

/** The numbers of an `integer[]` or `bigint[]` that was read as text. */
export function readNumbers(array: string): number[] {
  return array === '{}' ? [] : array.slice(1, -1).split(',').map(Number)
}
