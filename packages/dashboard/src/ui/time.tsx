import { useNow } from '../lib/clock.ts'
import { exactTime, relativeTime } from '../lib/format.ts'

/** How long ago, or how soon; the exact time on hover. */
export function Time({ iso }: { readonly iso: string }) {
  const now = useNow()
  return (
    <time dateTime={iso} title={exactTime(iso)} className="nums whitespace-nowrap">
      {relativeTime(Date.parse(iso), now)}
    </time>
  )
}
