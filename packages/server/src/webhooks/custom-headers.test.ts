import { describe, expect, test } from 'vitest'
import { hasHeader, MASKED, mergeHeaders, openHeaders, showHeaders, type WantedHeaders } from './custom-headers.ts'
import { createVault } from './secret-vault.ts'

const vault = createVault(Buffer.alloc(32, 7))
const accountId = 'account-1'

function save(stored: string | null, wanted: WantedHeaders): string | null {
  const merged = mergeHeaders(stored, wanted, { accountId, vault })
  if ('problems' in merged) throw new Error(JSON.stringify(merged.problems))
  return merged.headers
}

function problemsOf(wanted: WantedHeaders, stored: string | null = null) {
  const merged = mergeHeaders(stored, wanted, { accountId, vault })
  return 'problems' in merged ? merged.problems : []
}

const sent = (stored: string | null) =>
  openHeaders(stored, { accountId, vault }).map(({ name, value }) => [name, value])

describe('setting headers', () => {
  test('those that are left out stay, null removes one, and null for the object removes all', () => {
    const stored = save(null, { 'X-Env': 'prod', 'X-Team': 'billing' })
    expect(sent(save(stored, { 'X-Team': 'search' }))).toEqual([
      ['X-Env', 'prod'],
      ['X-Team', 'search'],
    ])
    expect(sent(save(stored, { 'x-env': null }))).toEqual([['X-Team', 'billing']])
    expect(save(stored, { 'X-Env': null, 'X-Team': null, 'X-Other': null })).toBeNull()
    expect(save(stored, null)).toBeNull()
    expect(save(stored, {})).toBe(stored)
  })

  test('names are one in any case and go out as they were written last', () => {
    const stored = save(save(null, { 'x-ENV': 'prod' }), { 'X-Env': 'test' })
    expect(sent(stored)).toEqual([['X-Env', 'test']])
    expect(hasHeader(stored, 'x-env')).toBe(true)
    expect(problemsOf({ 'X-Env': 'a', 'x-env': 'b' })).toEqual([
      { field: 'headers.x-env', message: expect.stringContaining('twice') },
    ])
  })

  test('at most 20, counted after the change', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`X-${index}`, 'v']))
    const stored = save(null, many)
    expect(problemsOf({ 'X-One-More': 'v' }, stored)).toEqual([
      { field: 'headers', message: expect.stringContaining('20 custom headers at most') },
    ])
    expect(problemsOf({ 'X-One-More': 'v', 'X-0': null }, stored)).toEqual([])
  })

  test.each<[string, WantedHeaders]>([
    ['headers.Host', { Host: 'elsewhere' }],
    ['headers.Webhook-Id', { 'Webhook-Id': 'mine' }],
    ['headers.X Env', { 'X Env': 'v' }],
    ['headers.X:Env', { 'X:Env': 'v' }],
    ['headers.X-Ä', { 'X-Ä': 'v' }],
    ['headers.', { '': 'v' }],
    [`headers.${'x'.repeat(101)}`, { ['x'.repeat(101)]: 'v' }],
    ['headers.X-Env', { 'X-Env': '' }],
    ['headers.X-Env', { 'X-Env': ' v' }],
    ['headers.X-Env', { 'X-Env': 'a\r\nX-Signature: b' }],
    ['headers.X-Env', { 'X-Env': 'a\u0000b' }],
    ['headers.X-Env', { 'X-Env': 'price: 5 €' }],
    ['headers.X-Env', { 'X-Env': 'v'.repeat(4_097) }],
    ['headers.X-Env', { 'X-Env': MASKED }],
    ['headers.X-Api-Key', { 'X-Api-Key': { value: 'v', secret: false } }],
  ])('%s is refused with a reason', (field, wanted) => {
    expect(problemsOf(wanted)).toEqual([{ field, message: expect.any(String) }])
  })

  test('Latin-1 and 4,096 characters are taken', () => {
    const value = `Zürich ${'v'.repeat(4_089)}`
    expect(sent(save(null, { 'X-Place': value }))).toEqual([['X-Place', value]])
  })

  test('a reason never repeats a value', () => {
    expect(JSON.stringify(problemsOf({ 'X-Token': 'hunter2 \u0001', Host: 'hunter2' }))).not.toContain('hunter2')
  })
})

describe('secret headers', () => {
  test('are sealed where they are kept and masked where they are shown', () => {
    const stored = save(null, {
      'X-Env': 'prod',
      'X-Plan': { value: 'hunter2', secret: true },
      Authorization: 'Bearer h3',
    })
    expect(stored).not.toMatch(/hunter2|Bearer/)
    expect(showHeaders(stored)).toEqual({
      'X-Env': { value: 'prod', secret: false },
      'X-Plan': { value: MASKED, secret: true },
      Authorization: { value: MASKED, secret: true },
    })
    expect(sent(stored)).toEqual([
      ['X-Env', 'prod'],
      ['X-Plan', 'hunter2'],
      ['Authorization', 'Bearer h3'],
    ])
  })

  test('saving what was shown changes nothing', () => {
    const stored = save(null, { 'X-Env': 'prod', 'X-Plan': { value: 'hunter2', secret: true }, 'X-Token': 'h3' })
    expect(save(stored, showHeaders(stored))).toBe(stored)
    expect(sent(save(stored, { 'X-Plan': MASKED }))).toEqual(sent(stored))
  })

  test('stay secret with a new value, and become readable only with a value of their own', () => {
    const stored = save(null, { 'X-Plan': { value: 'hunter2', secret: true } })
    expect(showHeaders(save(stored, { 'X-Plan': 'hunter3' }))).toEqual({ 'X-Plan': { value: MASKED, secret: true } })
    expect(problemsOf({ 'X-Plan': { value: MASKED, secret: false } }, stored)).toEqual([
      { field: 'headers.X-Plan', message: expect.stringContaining('is masked') },
    ])
    const readable = save(stored, { 'X-Plan': { value: 'open', secret: false } })
    expect(showHeaders(readable)).toEqual({ 'X-Plan': { value: 'open', secret: false } })
  })

  test('open for their account only, and a signing secret never opens as a header', () => {
    const stored = save(null, { 'X-Token': 'hunter2' })
    expect(() => openHeaders(stored, { accountId: 'account-2', vault })).toThrow('sealed with another')
    const moved = JSON.stringify([{ name: 'X-A', value: vault.seal('signing secret', accountId), secret: true }])
    expect(() => openHeaders(moved, { accountId, vault })).toThrow('sealed with another')
  })
})

test('a reserved name that got into the row is not sent', () => {
  const stored = JSON.stringify([
    { name: 'X-Signature', value: 'forged', secret: false },
    { name: 'X-Env', value: 'prod', secret: false },
  ])
  expect(sent(stored)).toEqual([['X-Env', 'prod']])
})
