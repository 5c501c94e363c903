import type { Attempt } from '@ringback/contract'
import { Code } from '../code.tsx'
import { Tabs } from '../tabs.tsx'
import { SNIPPETS, secretName } from './snippets.ts'

/** The signature that was sent, and how a receiver checks it. */
export function VerifySnippets({
  attempt,
  signer,
}: {
  readonly attempt: Attempt
  /** The webhook with whose secret it was signed; null: it is not there any more. */
  readonly signer: string | null
}) {
  const signature = attempt.request.headers.find(([name]) => name.toLowerCase() === 'x-signature')?.[1]
  const secret = secretName(signer ?? 'default')
  return (
    <div className="flex flex-col gap-3">
      {signature ? (
        <Code text={signature} label="X-Signature" />
      ) : (
        <p className="text-[13px] text-muted">This attempt was not signed: it ended before.</p>
      )}
      <p className="text-[13px] leading-5 text-muted">
        HMAC-SHA256 of the exact body with the secret of{' '}
        {signer === null ? 'the address it went to' : `the webhook “${signer}”`}, in{' '}
        <code className="font-mono text-ink">{secret}</code>.
      </p>
      <Tabs
        label="Language"
        tabs={SNIPPETS.map(({ id, label, code }) => ({
          id,
          label,
          content: <Code text={code(secret)} label={`${label} code`} wrap={false} />,
        }))}
      />
    </div>
  )
}
