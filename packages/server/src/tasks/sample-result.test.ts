import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { TASKS } from './registry.ts'
import { sampleResult } from './sample-result.ts'

describe('samples of results', () => {
  test.each(TASKS)(
    '$type: the sample is a result that the task may give, and not made from its schema',
    ({ type, result }) => {
      const sample = sampleResult(type, null)
      expect(sample).not.toBeNull()
      expect(result.parse(sample)).toEqual(sample)
    },
  )

  test('a job type of somebody else gets one that fits its schema', () => {
    const schema = z.strictObject({
      title: z.string(),
      pages: z.int(),
      price: z.number().nullable(),
      kind: z.enum(['a', 'b']),
      tags: z.array(z.string()),
      inner: z.object({ done: z.boolean(), score: z.number().min(5) }),
    })
    const sample = sampleResult('custom_scan', schema)
    expect(schema.parse(sample)).toEqual(sample)
    expect(sample).toMatchObject({ title: 'a title', kind: 'a', inner: { done: true, score: 5 } })
  })

  test('without a schema nothing is promised', () => {
    expect(sampleResult('custom_scan', null)).toBeNull()
  })
})
