import { parser } from '@prometheus-io/lezer-promql'
import { expect } from 'vitest'

/** A series that /metrics gives: the names of its labels, and whether it only ever grows. */
export interface Series {
  readonly labels: ReadonlySet<string>
  readonly isCounter: boolean
}

/** What Prometheus itself adds to what it has read. */
const OF_PROMETHEUS: ReadonlyMap<string, Series> = new Map([
  ['up', { labels: new Set(['job', 'instance']), isCounter: false }],
])

/** Functions that take a range of a counter, and those that take a range of anything. */
const OF_COUNTERS = new Set(['rate', 'irate', 'increase'])
const OF_RANGES = /^(?:rate|irate|increase|resets|changes|delta|idelta|deriv|predict_linear|\w+_over_time)$/

/** The series of a text of Prometheus, by name. */
export function readMetrics(text: string): Map<string, Series> {
  const kinds = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind = '']) => [name, kind]))
  const found = new Map<string, { labels: Set<string>; isCounter: boolean }>()
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const whole = kinds.get(name.replace(/_(?:bucket|count|sum)$/, ''))
    const isCounter = kinds.get(name) === 'counter' || (!kinds.has(name) && whole === 'histogram')
    const series = found.get(name) ?? { labels: new Set(), isCounter }
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) series.labels.add(label)
    found.set(name, series)
  }
  return found
}

/**
 * Parses an expression with Prometheus' own grammar, and holds its metrics, labels and values against what the server has.
 * `values` has the ones that a label can have, where they are known.
 */
export function checkPromql(
  expression: string,
  metrics: ReadonlyMap<string, Series>,
  values: Readonly<Record<string, readonly string[]>>,
  where: string,
): void {
  const known = new Set<string>()
  const used = new Set<string>()
  let selectors = 0
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to)
      const at = `${where}: "${text}" in ${expression}`
      expect(node.type.isError, `${at}: is no PromQL at ${node.from}`).toBe(false)
      if (node.name === 'LabelName') used.add(text)
      if (node.name === 'MatrixSelector') {
        const call = node.node.parent?.parent
        const called = call?.name === 'FunctionCall' ? expression.slice(call.from, call.to).split('(', 1)[0] : ''
        expect(called, `${at}: a range is for functions of ranges`).toMatch(OF_RANGES)
        const name = /^\w+/.exec(text)?.[0] ?? ''
        if (OF_COUNTERS.has(called ?? '')) expect(metrics.get(name)?.isCounter, `${at}: is no counter`).toBe(true)
      }
      if (node.name !== 'VectorSelector') return
      selectors++
      const name = /^\w+/.exec(text)?.[0] ?? ''
      const series = metrics.get(name) ?? OF_PROMETHEUS.get(name)
      expect(series, `${at}: /metrics has no ${name}`).toBeDefined()
      for (const label of series?.labels ?? []) known.add(label)
      for (const matcher of node.node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
        const [label = '', operator = '', value = ''] = ['LabelName', 'MatchOp', 'StringLiteral'].map((part) => {
          const found = matcher.getChild(part)
          return found ? expression.slice(found.from, found.to) : ''
        })
        expect([...(series?.labels ?? [])], at).toContain(label)
        const wanted = operator.includes('~') ? new RegExp(`^(?:${value.slice(1, -1)})$`) : value.slice(1, -1)
        const fits = (one: string) => (typeof wanted === 'string' ? one === wanted : wanted.test(one))
        if (label in values) expect(values[label]?.some(fits), `${at}: ${label} is never ${value}`).toBe(true)
      }
    },
  })
  expect(selectors, `${where}: asks for nothing`).toBeGreaterThan(0)
  for (const label of used) expect([...known], `${where}: label ${label}`).toContain(label)
}

/** Holds the table of a page that names metrics and their labels against what the server has. */
export function checkMetricsTable(page: string, metrics: ReadonlyMap<string, Series>, where: string): void {
  const rows = [...page.matchAll(/^\| (`\w+`(?:, `\w+`)*) \| (.*?) \| .* \|$/gm)]
  expect(rows.length, `${where}: has no table of metrics`).toBeGreaterThan(0)
  const words = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)
  for (const [row, names = '', labels = ''] of rows) {
    for (const name of words(names)) {
      const series = metrics.get(name) ?? metrics.get(`${name}_count`)
      expect(series, `${where}: /metrics has no ${name}`).toBeDefined()
      // Values stand in brackets behind their label.
      const told = words(labels.replaceAll(/\(.*?\)/g, ''))
      expect([...(series?.labels ?? [])].sort(), `${where}: labels in ${row}`).toEqual(told.sort())
    }
  }
}
