import type { Attempt } from '@ringback/contract'
import { cx } from '../../lib/class-names.ts'
import { formatDuration } from '../../lib/format.ts'
import { splitTiming } from './split-timing.ts'

const COLOURS = {
  dns: 'bg-info',
  connect: 'bg-warn',
  tls: 'bg-accent',
  wait: 'bg-faint',
  body: 'bg-ok',
} as const

/** How the time of an attempt was spent, step by step: the widths are shares of the whole. */
export function TimingBar({ timing }: { readonly timing: Attempt['timing'] }) {
  const parts = splitTiming(timing)
  return (
    <div>
      <div className="flex h-2.5 gap-px overflow-hidden rounded-full bg-raised" aria-hidden="true">
        {parts.map(({ step, durationMs }) => (
          <span
            key={step}
            className={cx('min-w-[3px] first:rounded-l-full last:rounded-r-full', COLOURS[step])}
            style={{ flexGrow: durationMs }}
          />
        ))}
      </div>
      <dl className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-[13px]">
        {parts.map(({ step, label, durationMs }) => (
          <div key={step} className="flex items-center gap-1.5">
            <span aria-hidden="true" className={cx('size-2 rounded-full', COLOURS[step])} />
            <dt className="text-muted">{label}</dt>
            <dd className="nums font-medium">{formatDuration(durationMs)}</dd>
          </div>
        ))}
        <div className="ml-auto flex gap-1.5">
          <dt className="text-muted">Total</dt>
          <dd className="nums font-semibold">{formatDuration(timing.total_ms)}</dd>
        </div>
      </dl>
    </div>
  )
}
