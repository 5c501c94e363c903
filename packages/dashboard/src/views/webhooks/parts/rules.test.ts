import { describe, expect, test } from 'vitest'
import { changeOf, NO_RULES } from './rules.ts'

describe('what is sent to save the rules', () => {
  test('is nothing when nothing was changed', () => {
    expect(changeOf(NO_RULES, { ...NO_RULES, headers: [] })).toEqual({})
  })

  test.each([
    ['10s, 1m', ['10s', '1m']],
    ['10s 1m,,2h ', ['10s', '1m', '2h']],
    ['none', []],
  ])('reads the schedule %j', (schedule, retry_schedule) => {
    expect(changeOf(NO_RULES, { ...NO_RULES, schedule })).toEqual({ retry_schedule })
  })

  test('an emptied schedule and rate go back to the ones of the server', () => {
    const saved = { ...NO_RULES, schedule: '10s', rate: '5' }
    expect(changeOf(saved, NO_RULES)).toEqual({ retry_schedule: null, rate_limit_per_second: null })
  })

  test('names removed headers with null, keeps masked ones as they came, and leaves out rows without a name', () => {
    const kept = { name: 'X-Key', value: '********', secret: true }
    const saved = { ...NO_RULES, headers: [kept, { name: 'X-Old', value: 'a', secret: false }] }
    const wanted = {
      ...NO_RULES,
      headers: [kept, { name: ' X-New ', value: 'b', secret: false }, { name: '', value: 'c', secret: false }],
    }
    expect(changeOf(saved, wanted)).toEqual({
      headers: {
        'X-Old': null,
        'X-Key': { value: '********', secret: true },
        'X-New': { value: 'b', secret: false },
      },
    })
  })

  test('what is no number is left to the server to refuse', () => {
    expect(changeOf(NO_RULES, { ...NO_RULES, rate: 'fast' })).toEqual({ rate_limit_per_second: Number.NaN })
  })
})
