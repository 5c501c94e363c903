import type { DeliveryDetail } from '@ringback/contract'
import { cx } from '../../lib/class-names.ts'
import { formatDuration } from '../../lib/format.ts'
import { CAUSES } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { NextAttempt } from './next-attempt.tsx'
import { type TimelineItem, timelineOf } from './timeline.ts'

const DOTS = {
  ok: 'border-ok bg-ok',
  bad: 'border-bad bg-bad',
  warn: 'border-warn bg-surface',
  info: 'border-info bg-info',
  idle: 'border-line-strong bg-line-strong',
} as const

/** From the end of the job to the next retry; an attempt can be chosen to see it below. */
export function Timeline({
  delivery,
  chosen,
  onChoose,
}: {
  readonly delivery: DeliveryDetail
  readonly chosen: number | null
  readonly onChoose: (attemptNumber: number) => void
}) {
  const items = timelineOf(delivery)
  return (
    <ol className="flex flex-col">
      {items.map((item, index) => (
        <li key={`${item.kind} ${item.attemptNumber ?? ''}`} className="flex gap-3">
          <span aria-hidden="true" className="flex flex-col items-center pt-[9px]">
            <span className={cx('size-2.5 shrink-0 rounded-full border-2', DOTS[item.tone])} />
            {index < items.length - 1 && <span className="mt-1 -mb-1 w-px flex-1 bg-line-strong" />}
          </span>
          <Item item={item} delivery={delivery} isChosen={item.attemptNumber === chosen} onChoose={onChoose} />
        </li>
      ))}
    </ol>
  )
}

function Item({
  item,
  delivery,
  isChosen,
  onChoose,
}: {
  readonly item: TimelineItem
  readonly delivery: DeliveryDetail
  readonly isChosen: boolean
  readonly onChoose: (attemptNumber: number) => void
}) {
  const { attemptNumber } = item
  const attempt = delivery.attempts.find(({ number }) => number === attemptNumber)
  const text = (
    <>
      <span className="min-w-0 flex-1">
        <span className="font-medium">{item.title}</span>
        {attempt?.cause && (
          <span className="text-muted max-sm:block">
            <span className="max-sm:hidden"> · </span>
            {CAUSES[attempt.cause]}
          </span>
        )}
      </span>
      {attempt && <span className="nums text-muted">{formatDuration(attempt.timing.total_ms)}</span>}
      <span className="min-w-20 text-right text-muted">
        {item.at && (item.kind === 'next' ? <NextAttempt iso={item.at} /> : <Time iso={item.at} />)}
      </span>
    </>
  )
  const shape = 'mb-1 flex min-h-8 flex-1 items-center gap-3 rounded-md px-2.5 py-1 text-left text-[13px]'
  if (attemptNumber === undefined) return <span className={shape}>{text}</span>
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={() => onChoose(attemptNumber)}
      className={cx(shape, 'transition-colors hover:bg-hover', isChosen && 'bg-raised')}
    >
      {text}
    </button>
  )
}
