import { readdirSync, readFileSync } from 'node:fs'

/** CPU time in nanoseconds of the threads of some processes, by name. */
export type CpuTimes = ReadonlyMap<string, number>

/** Parts that cost less than this many microseconds a delivery are not worth a word. */
const SHOWN_US_MIN = 0.5

/**
 * The CPU time that threads of our own process and of another one, named `other`, have taken until now. Linux tells;
 * elsewhere there is nothing. Rates say little on a machine that others use too, and this says where the time goes.
 */
export function cpuTimes(other: { readonly name: string; readonly pid: number }): CpuTimes {
  const times = new Map<string, number>()
  const add = (name: string, nanoseconds: number) => times.set(name, (times.get(name) ?? 0) + nanoseconds)
  for (const [name, nanoseconds] of threadsOf(process.pid)) add(name, nanoseconds)
  for (const [, nanoseconds] of threadsOf(other.pid)) add(other.name, nanoseconds)
  return times
}

/** What `count` deliveries took between two moments, in microseconds of CPU each: `main 62, store 45, receiver 24 µs`. */
export function cpuPerDelivery(before: CpuTimes, after: CpuTimes, count: number): string {
  const parts = [...after].flatMap(([name, nanoseconds]) => {
    const microseconds = (nanoseconds - (before.get(name) ?? 0)) / 1_000 / count
    return microseconds < SHOWN_US_MIN ? [] : [`${name} ${microseconds.toFixed(0)}`]
  })
  return parts.length === 0 ? '' : `; CPU of each: ${parts.join(', ')} µs`
}

/** Node names its threads so; those of V8 compile and collect garbage. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/MainThread/, 'main'],
  [/Worker?Thread/, 'store'],
  [/V8/i, 'V8'],
]

function threadsOf(pid: number): [name: string, nanoseconds: number][] {
  if (process.platform !== 'linux') return []
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const name = readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim()
      const [running = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
      return [[NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other threads', Number(running)]]
    } catch {
      // The thread has just ended, or this kernel does not count.
      return []
    }
  })
}
