import * as contract from '@ringback/contract'
import { expect } from 'vitest'
import { parse } from 'yaml'
import type { RunEnd } from '../../packages/server/src/jobs/end.ts'
import type { Block } from './blocks.ts'
import { checkMetricsTable, checkPromql, readMetrics } from './promql.ts'

/** What the server sent last: the exact request of an attempt. */
export interface SentRequest {
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** JSON of a guide: parsed, judged by the schema that its fence names, or compared with what was printed before it. */
export function checkJson({ code, told, where }: Block, printed: string): void {
  const sample: unknown = JSON.parse(code)
  if (told.schema !== undefined) {
    const schema = (contract as Record<string, unknown>)[told.schema] as { parse(value: unknown): unknown } | undefined
    if (!schema) throw new Error(`${where}: the contract has no ${told.schema}`)
    schema.parse(sample)
  }
  if (told.shown !== undefined || told.by !== undefined) expectForm(JSON.parse(printed), sample, where)
}

/** What is shown must be there: each name, and a value of the same kind. Values themselves differ from run to run. */
function expectForm(real: unknown, sample: unknown, where: string): void {
  if (sample === null) return
  expect(kindOf(real), where).toBe(kindOf(sample))
  if (Array.isArray(sample)) {
    if (sample.length > 0) expectForm((real as unknown[])[0], sample[0], `${where}[0]`)
  } else if (typeof sample === 'object') {
    for (const [name, value] of Object.entries(sample)) {
      expect(Object.keys(real as object), where).toContain(name)
      expectForm((real as Record<string, unknown>)[name], value, `${where}.${name}`)
    }
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** A request as a guide shows it: the headers and the names in the body are those that are really sent. */
export function checkHttp({ code, where }: Block, sent: SentRequest): void {
  const [head = '', body = ''] = code.split('\n\n')
  const [first = '', ...lines] = head.split('\n')
  expect(first, where).toMatch(/^POST \S+ HTTP\/1\.1$/)
  const shown = lines.map((line) => line.slice(0, line.indexOf(':')))
  const names = sent.headers.map(([name]) => name.toLowerCase())
  for (const name of shown) expect([...names, 'host'], where).toContain(name.toLowerCase())
  for (const name of ['x-signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'user-agent']) {
    expect(
      shown.map((each) => each.toLowerCase()),
      where,
    ).toContain(name)
  }
  expect(Object.keys(JSON.parse(body) as object), where).toEqual(Object.keys(JSON.parse(sent.body) as object))
}

/** The values of labels that rules may ask for. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  next: contract.DELIVERY_STATUSES,
  cause: ['none', ...contract.ATTEMPT_CAUSES],
  end: ['success', 'failed', 'again'] satisfies RunEnd['kind'][],
}

/**
 * YAML of a guide; rules for Prometheus must be PromQL and may name only metrics, labels and values that the server has, and so
 * must the table beside them in the page.
 */
export function checkYaml({ code, where }: Block, metrics: string, page: string): void {
  const document = parse(code, { strict: true, uniqueKeys: true }) as {
    groups?: { name: string; rules: { alert?: string; expr: string; annotations?: { summary?: string } }[] }[]
  }
  const rules = document.groups?.flatMap((group) => group.rules) ?? []
  if (rules.length === 0) return
  const series = readMetrics(metrics)
  for (const rule of rules) {
    const at = `${where} ${rule.alert}`
    expect(rule, at).toMatchObject({ alert: expect.any(String), annotations: { summary: expect.any(String) } })
    checkPromql(rule.expr, series, VALUES, at)
  }
  checkMetricsTable(page, series, where)
}
