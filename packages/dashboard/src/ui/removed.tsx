import { exactTime } from '../lib/format.ts'

/** Stands where a payload was: removed by age, or because somebody asked. */
export function Removed({ at = null }: { readonly at?: string | null }) {
  return (
    <p className="text-[13px] text-muted">
      It was removed{at !== null && ` on ${exactTime(at)}`}: it was older than the server or its job keeps it, or
      somebody expunged the job.
    </p>
  )
}
