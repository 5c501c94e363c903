import { pino } from 'pino'
import { formatLogLine } from './log-line.ts'

/** From the most to the least important. `silent` writes nothing. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Writes one canonical line per request, job and attempt, and what went wrong; never bodies, secrets or query strings. */
export type Log = pino.Logger

/** Where lines go. */
export interface LogDestination {
  write(line: string): void
}

/** A destination that gathers lines and must be emptied before the process ends. */
export interface FlushableLogDestination extends LogDestination {
  /** Writes all that is gathered, before it returns. */
  flush(): void
}

let lastMs = 0
let lastText = ''

/** Like pino's own, which makes the text anew for each of the ten lines that a busy server writes in a millisecond. */
function isoTime(): string {
  const nowMs = Date.now()
  if (nowMs !== lastMs) {
    lastMs = nowMs
    lastText = `,"time":"${new Date(nowMs).toISOString()}"`
  }
  return lastText
}

/**
 * A log of the level and all that are more important. Lines are JSON objects with `level` as a word and `time` in
 * ISO 8601.
 */
export function createLog(level: LogLevel, destination: LogDestination): Log {
  return pino(
    {
      level,
      // Neither pid nor host name: supervisors add them, and the start line tells the process id.
      base: null,
      timestamp: isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
}

/** A log that writes nothing, for callers that have nobody to tell. */
export const silentLog: Log = pino({ level: 'silent' })

/**
 * Writes to a file descriptor without waiting for it: lines gather while a write is under way, so a slow terminal or
 * pipe does not hold up the event loop. `readable` turns each JSON line into one for people.
 */
export function fileDescriptorDestination(fd: number, { readable }: { readable: boolean }): FlushableLogDestination {
  const stream = pino.destination({ dest: fd, sync: false })
  return {
    write: readable ? (line) => stream.write(formatLogLine(line)) : (line) => stream.write(line),
    flush() {
      try {
        stream.flushSync()
      } catch {
        // Not opened yet, or the reader has gone: there is nobody left to tell.
      }
    },
  }
}
