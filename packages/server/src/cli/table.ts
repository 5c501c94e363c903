/** Lays out rows in columns for a terminal; the last column is not padded, so that lines can be cut and copied. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  return [head, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n')
}

/** A time as people read it and programs sort it; empty for none. */
export function formatTime(time: number | null): string {
  return time === null ? '' : new Date(time).toISOString()
}
