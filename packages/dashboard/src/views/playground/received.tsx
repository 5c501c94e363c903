import type { Attempt, InboxReport } from '@ringback/contract'
import { formatBytes, formatDuration } from '../../lib/format.ts'
import { toCurl } from '../../ui/attempt/curl.ts'
import { HeaderTable } from '../../ui/attempt/header-table.tsx'
import { VerifySnippets } from '../../ui/attempt/verify-snippets.tsx'
import { Code } from '../../ui/code.tsx'
import { Tabs } from '../../ui/tabs.tsx'

/** Where receivers on a laptop usually listen; to be changed by whoever pastes the command. */
const OWN_RECEIVER_URL = 'http://localhost:3000/webhook'

/** The request as the inbox got it: headers in their order, the exact bytes, and how to check them in a receiver. */
export function Received({
  report,
  body,
  attempt,
}: {
  readonly report: InboxReport
  readonly body: string
  readonly attempt: Attempt
}) {
  return (
    <Tabs
      label="Parts of the webhook"
      tabs={[
        {
          id: 'body',
          label: 'Body',
          content: (
            <div className="flex flex-col gap-3">
              <Code text={body} label="Received body" />
              <p className="text-[13px] leading-5 wrap-anywhere text-muted">
                {formatBytes(report.body_bytes)} came in {formatDuration(attempt.timing.total_ms)}, SHA-256{' '}
                <span className="font-mono text-xs">{report.body_sha256}</span>
              </p>
            </div>
          ),
        },
        {
          id: 'headers',
          label: 'Headers',
          content: <HeaderTable label="Received headers" headers={report.headers} />,
        },
        // Nobody has the secret that the inbox makes for itself.
        ...(report.secret === 'default'
          ? [
              {
                id: 'verify',
                label: 'Verify',
                content: <VerifySnippets attempt={attempt} signer="default" />,
              },
            ]
          : []),
        {
          id: 'curl',
          label: 'As curl',
          content: (
            <div className="flex flex-col gap-3">
              <Code
                text={toCurl({ request: { ...attempt.request, url: OWN_RECEIVER_URL } }, body)}
                label="Webhook as curl"
              />
              <p className="text-[13px] leading-5 text-muted">
                The same request to a receiver of yours: same headers, same bytes. Receivers that look at the time take
                it for five minutes.
              </p>
            </div>
          ),
        },
      ]}
    />
  )
}
