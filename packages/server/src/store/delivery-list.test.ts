import { expect, test } from 'vitest'
import { buildDeliveryList } from './delivery-list.ts'
import { postgresQueries } from './postgres/compiler.ts'

test('the SQL names its columns, leaves the body alone and filters by account first', () => {
  const filter = { accountId: 'a', status: 'failed', jobType: 't', beforeId: 'b', limit: 20 } as const
  const { sql, parameters } = buildDeliveryList(postgresQueries, filter).compile()
  expect(sql).toMatchInlineSnapshot()
  expect(parameters).toEqual(['a', 'failed', 't', 'b', 20])
})
