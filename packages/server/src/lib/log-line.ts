/** Colours of a terminal (SGR codes) by level; lines of other levels are plain. */
const LEVEL_COLOURS: Readonly<Record<string, number>> = { fatal: 31, error: 31, warn: 33, debug: 2 }

/** Fields that stand elsewhere in the line. */
const HEAD_FIELDS = new Set(['level', 'time', 'msg', 'err'])

/**
 * Turns one JSON line of the log into one for a person at a terminal: time of day, level, message, then the fields as
 * `name=value`. A stack, if any, follows on lines of its own. Text that is not a JSON object comes back unchanged.
 */
export function formatLogLine(line: string): string {
  const entry = parseEntry(line)
  if (!entry) return line
  const level = String(entry.level ?? '')
  const time = String(entry.time ?? '').slice('2026-01-01T'.length, -'.000Z'.length)
  const fields = Object.entries(entry)
    .filter(([name]) => !HEAD_FIELDS.has(name))
    .map(([name, value]) => `${name}=${fieldText(value)}`)
  const head = [time, level.padEnd(5), String(entry.msg ?? ''), ...fields].filter((part) => part !== '').join(' ')
  const colour = LEVEL_COLOURS[level]
  return `${colour === undefined ? head : `\u001b[${colour}m${head}\u001b[0m`}\n${stackText(entry.err)}`
}

function parseEntry(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  return JSON.stringify(value) ?? ''
}

function stackText(err: unknown): string {
  if (typeof err !== 'object' || err === null) return ''
  const { stack, message } = err as { stack?: unknown; message?: unknown }
  return `${String(stack ?? message ?? '')
    .split('\n')
    .map((row) => `  ${row}`)
    .join('\n')}\n`
}
