import { expect, test } from 'vitest'
import { checkMetricsTable, checkPromql, readMetrics } from './promql.ts'

const METRICS = readMetrics(`# HELP a_total Attempts.
# TYPE a_total counter
a_total{cause="none",next="delivered"} 3
# TYPE busy gauge
busy 1
# TYPE took_seconds histogram
took_seconds_bucket{le="0.1"} 1
took_seconds_count 1
`)

const check = (expression: string) => () => checkPromql(expression, METRICS, { next: ['delivered', 'failed'] }, 'here')

test.each([
  'sum(increase(a_total{next="failed"}[15m])) > 0',
  'histogram_quantile(0.95, sum by (le) (rate(took_seconds_bucket[10m]))) > 2.5',
  'sum(rate(a_total{next=~"f.*"}[5m])) / sum(rate(took_seconds_count[5m])) > 0.1',
  'up{job="x"} == 0 or max_over_time(busy[5m]) > 3',
])('%s is right', (expression) => {
  expect(check(expression)).not.toThrow()
})

test.each<[expression: string, problem: string]>([
  ['sum(increase(a_total[15m]) > 0', 'is no PromQL'],
  ['sum(a_total', 'is no PromQL'],
  ['rate(a_total[15 minutes])', 'is no PromQL'],
  ['b_total > 1', '/metrics has no b_total'],
  ['a_total{status="5"}', 'status'],
  ['a_total{next="lost"}', 'next is never "lost"'],
  ['a_total{next=~"l.*"}', 'next is never "l.*"'],
  ['sum by (route) (a_total)', 'label route'],
  ['rate(busy[5m])', 'is no counter'],
  ['a_total[5m]', 'a range is for functions of ranges'],
  ['1 > 0', 'asks for nothing'],
])('%s is refused: %s', (expression, problem) => {
  expect(check(expression)).toThrow(problem)
})

test('a table of metrics is refused when a name or a label is wrong or missing', () => {
  const table = (...rows: string[]) => rows.map((row) => `| ${row} |\n`).join('')
  const judge = (text: string) => () => checkMetricsTable(text, METRICS, 'here')
  expect(judge(table('`a_total` | `cause` (`none`), `next` | attempts', '`busy` | | now'))).not.toThrow()
  expect(judge(table('`a_total` | `cause` | attempts'))).toThrow('labels in')
  expect(judge(table('`a_total`, `lost` | `cause`, `next` | attempts'))).toThrow('/metrics has no lost')
  expect(judge('')).toThrow('no table')
})
