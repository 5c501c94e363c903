import type { Job } from '@ringback/contract'

/** From the first start to the end, waiting between attempts included; null while there is no end, or was no start. */
export function runTimeMs({ started_at: start, finished_at: end }: Pick<Job, 'started_at' | 'finished_at'>) {
  return start === null || end === null ? null : Math.max(0, Date.parse(end) - Date.parse(start))
}
