import type { InboxReport, SignatureVerdict } from '@ringback/contract'
import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { Badge } from '../../ui/badge.tsx'

const WORDS: Readonly<Record<SignatureVerdict, string>> = {
  verified: 'Verified with',
  wrong: 'Wrong:',
  missing: 'Missing:',
}

/** Whether both signatures are right, and by which secret. */
export function Verdicts({ report }: { readonly report: InboxReport }) {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Verdict verdict={report.webhook_signature} header="webhook-signature" />
        <Verdict verdict={report.x_signature} header="X-Signature" />
      </div>
      <p className="text-[13px] leading-5 text-muted">
        {report.secret === 'default'
          ? 'Checked with the secret of the webhook “default”, as your receiver does.'
          : 'Checked with a secret of the inbox: the webhook “default” has none yet.'}
      </p>
    </div>
  )
}

function Verdict({ verdict, header }: { readonly verdict: SignatureVerdict; readonly header: string }) {
  const isGood = verdict === 'verified'
  return (
    <Badge tone={isGood ? 'ok' : 'bad'} icon={isGood ? <ShieldCheck /> : <ShieldAlert />}>
      {WORDS[verdict]} {header}
    </Badge>
  )
}
