import type { Attempt } from '@ringback/contract'
import { CircleX, Terminal } from 'lucide-react'
import { formatBytes } from '../../lib/format.ts'
import { Badge } from '../badge.tsx'
import { Button } from '../button.tsx'
import { Code } from '../code.tsx'
import { copyText } from '../copy.tsx'
import { CAUSES } from '../status.tsx'
import { Tabs } from '../tabs.tsx'
import { toast } from '../toast.tsx'
import { toCurl } from './curl.ts'
import { HeaderTable } from './header-table.tsx'
import { TimingBar } from './timing-bar.tsx'
import { VerifySnippets } from './verify-snippets.tsx'

/** One attempt with all that was sent and answered. */
export function AttemptDetails({
  attempt,
  body,
  signer,
}: {
  readonly attempt: Attempt
  /** Null: it was removed, and so were those of the answers. */
  readonly body: string | null
  /** The webhook with whose secret it was signed; null: it is not there any more. */
  readonly signer: string | null
}) {
  return (
    <div className="flex min-w-0 flex-col gap-5">
      {attempt.cause !== null && (
        <p className="flex gap-2.5 rounded-lg bg-bad-soft px-4 py-2.5 text-sm leading-6">
          <CircleX className="mt-1 size-4 shrink-0 text-bad" aria-hidden="true" />
          <span className="min-w-0 wrap-anywhere">{sentence(attempt.message ?? CAUSES[attempt.cause])}</span>
        </p>
      )}
      <TimingBar timing={attempt.timing} />
      <Tabs
        label="Parts of the attempt"
        tabs={[
          { id: 'response', label: 'Response', content: <Response attempt={attempt} isRemoved={body === null} /> },
          { id: 'request', label: 'Request', content: <Request attempt={attempt} body={body} /> },
          {
            id: 'verify',
            label: 'Verify signature',
            content: <VerifySnippets attempt={attempt} signer={signer} />,
          },
        ]}
      />
    </div>
  )
}

function Response({
  attempt: { response, remote_address },
  isRemoved,
}: {
  readonly attempt: Attempt
  readonly isRemoved: boolean
}) {
  if (response === null) {
    return <p className="py-4 text-sm text-muted">No answer came{remote_address ? ` from ${remote_address}` : ''}.</p>
  }
  const isOk = response.status >= 200 && response.status < 300
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2 text-[13px] text-muted">
        <Badge tone={isOk ? 'ok' : 'bad'}>HTTP {response.status}</Badge>
        {remote_address && <span className="font-mono text-[12.5px]">from {remote_address}</span>}
        {response.truncated && <span>· only the first 16 KiB were kept</span>}
      </div>
      <HeaderTable label="Response headers" headers={response.headers} />
      {response.body ? (
        <Code text={response.body} label="Response body" />
      ) : (
        <p className="text-[13px] text-muted">{isRemoved ? 'The body was removed.' : 'The body is empty.'}</p>
      )}
    </div>
  )
}

function Request({ attempt, body }: { readonly attempt: Attempt; readonly body: string | null }) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 font-mono text-[12.5px] break-all text-muted">POST {attempt.request.url}</p>
        {body !== null && (
          <Button
            size="sm"
            icon={<Terminal className="size-3.5" />}
            onClick={async () => {
              if (await copyText(toCurl(attempt, body))) toast('Copied as curl: it sends the same bytes again.')
            }}
          >
            Copy as curl
          </Button>
        )}
      </div>
      <HeaderTable label="Request headers" headers={attempt.request.headers} />
      {body === null ? (
        <p className="text-[13px] text-muted">The body was removed.</p>
      ) : (
        <>
          <p className="text-[13px] text-muted">
            Body, exactly as it was signed and sent ({formatBytes(new TextEncoder().encode(body).length)})
          </p>
          <Code text={body} label="Request body" />
        </>
      )}
    </div>
  )
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}
