import type { Webhook } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { CircleAlert } from 'lucide-react'

/** Why Ringback switched a webhook off, and what to do. */
export function SwitchedOffNotice({ webhook }: { readonly webhook: Webhook }) {
  if (webhook.disabled_reason === null) return null
  return (
    <div role="status" className="flex gap-3 rounded-xl border border-line bg-bad-soft px-5 py-4">
      <CircleAlert className="mt-0.5 size-4.5 shrink-0 text-bad" aria-hidden="true" />
      <div>
        <p className="text-sm font-semibold">Ringback switched this webhook off</p>
        <p className="mt-0.5 text-sm leading-6 text-muted">
          {webhook.disabled_reason} When the receiver is back, switch it on below, then recover what was missed under{' '}
          <Link to="/failed" className="font-medium text-accent underline underline-offset-2">
            Failed and over
          </Link>
          .
        </p>
      </div>
    </div>
  )
}
