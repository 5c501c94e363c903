import type { WebhookStats } from '@ringback/contract'
import { cx } from '../../../lib/class-names.ts'
import { formatDuration } from '../../../lib/format.ts'

const BARS = 40

/** The last attempts, one bar each: height is how long it took, colour and shape whether it worked. */
export function AttemptBars({ recent }: { readonly recent: WebhookStats['recent'] }) {
  const longest = Math.max(1, ...recent.map(({ total_ms }) => total_ms))
  const failed = recent.filter(({ ok }) => !ok).length
  const label =
    recent.length === 0
      ? 'No attempts in the last 24 hours'
      : `The last ${recent.length} attempts: ${failed} failed, the longest took ${formatDuration(longest)}`
  return (
    <span role="img" aria-label={label} title={label} className="flex h-6 items-end gap-[2px]">
      {Array.from({ length: Math.max(0, BARS - recent.length) }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: places without an attempt are all the same
        <span key={index} className="h-1 w-[3px] rounded-full bg-line" />
      ))}
      {recent.map(({ started_at, ok, total_ms }, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts may begin in the same millisecond
          key={`${started_at} ${index}`}
          className={cx('w-[3px] rounded-full', ok ? 'bg-ok/70' : 'bg-bad')}
          style={{ height: `${Math.max(18, Math.sqrt(total_ms / longest) * 100)}%` }}
        />
      ))}
    </span>
  )
}
