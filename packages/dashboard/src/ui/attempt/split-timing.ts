import type { Attempt } from '@ringback/contract'

export type Step = 'dns' | 'connect' | 'tls' | 'wait' | 'body'

export interface TimingPart {
  readonly step: Step
  readonly label: string
  readonly durationMs: number
}

const LABELS: Readonly<Record<Step, string>> = {
  dns: 'DNS',
  connect: 'Connect',
  tls: 'TLS',
  wait: 'Waiting',
  body: 'Answer',
}

/**
 * The steps of an attempt, in their order; together they are the whole. Steps that did not happen (a connection that was
 * used again has no DNS, connect and TLS) are left out. `wait` is from the connection to the first byte of the answer.
 */
export function splitTiming(timing: Attempt['timing']): TimingPart[] {
  const { dns_ms, connect_ms, tls_ms, first_byte_ms, total_ms } = timing
  const before = (dns_ms ?? 0) + (connect_ms ?? 0) + (tls_ms ?? 0)
  const durations: Record<Step, number | null> = {
    dns: dns_ms,
    connect: connect_ms,
    tls: tls_ms,
    wait: Math.max(0, (first_byte_ms ?? total_ms) - before),
    body: first_byte_ms === null ? null : Math.max(0, total_ms - first_byte_ms),
  }
  return (Object.entries(durations) as [Step, number | null][]).flatMap(([step, durationMs]) =>
    durationMs === null ? [] : [{ step, label: LABELS[step], durationMs }],
  )
}
