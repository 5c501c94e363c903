import { useNow } from '../../lib/clock.ts'
import { Time } from '../../ui/time.tsx'

/** When a delivery is tried next. One that is due and not sent is held back: its webhook is paused, or at its limit. */
export function NextAttempt({ iso }: { readonly iso: string }) {
  const now = useNow()
  if (Date.parse(iso) <= now) return <span title="It is due, and waits for its webhook">due</span>
  return (
    <>
      next <Time iso={iso} />
    </>
  )
}
