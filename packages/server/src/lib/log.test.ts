import { describe, expect, test } from 'vitest'
import { createLog, silentLog } from './log.ts'
import { formatLogLine } from './log-line.ts'

function collect() {
  const lines: string[] = []
  return { lines, write: (line: string) => void lines.push(line) }
}

describe('createLog', () => {
  test('writes one JSON object a line with the level as a word and the time in ISO 8601', () => {
    const destination = collect()
    createLog('info', destination).info({ jobId: 'x' }, 'job ended')
    expect(destination.lines).toHaveLength(1)
    expect(destination.lines[0]).toMatch(/\n$/)
    const entry = JSON.parse(destination.lines[0] as string)
    expect(entry).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      jobId: 'x',
      msg: 'job ended',
    })
  })

  test('leaves out what is less important than its level', () => {
    const destination = collect()
    const log = createLog('warn', destination)
    log.info('no')
    log.warn('yes')
    expect(destination.lines).toHaveLength(1)
    silentLog.fatal('no')
  })
})

describe('formatLogLine', () => {
  const time = '2026-05-04T12:34:56.789Z'

  test('gives time of day, level, message and fields in one line', () => {
    const line = JSON.stringify({
      level: 'info',
      time,
      status: 202,
      path: '/api/v1/ping',
      note: 'two words',
      msg: 'request',
    })
    expect(formatLogLine(line)).toBe('12:34:56 info  request status=202 path=/api/v1/ping note="two words"\n')
  })

  test('puts a stack on lines of its own', () => {
    const line = JSON.stringify({ level: 'error', time, err: { stack: 'Error: x\n    at y' }, msg: 'failed' })
    expect(formatLogLine(line)).toBe('\u001b[31m12:34:56 error failed\u001b[0m\n  Error: x\n      at y\n')
  })

  test('leaves text alone that is not a line of the log', () => {
    expect(formatLogLine('plain\n')).toBe('plain\n')
  })
})
