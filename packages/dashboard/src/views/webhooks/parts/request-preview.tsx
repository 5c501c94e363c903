import type { Webhook } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { serverQuery } from '../../../api/account.ts'
import { signHex } from '../../../lib/secret.ts'
import { Card } from '../../../ui/card.tsx'
import { Code } from '../../../ui/code.tsx'
import { Tabs } from '../../../ui/tabs.tsx'
import { sampleBody, spread } from './sample-request.ts'
import type { SettingsDraft } from './settings-draft.ts'

interface Props {
  readonly webhook: Webhook
  readonly draft: SettingsDraft
}

/** What the request will look like, in both forms of the body. The signature is real as soon as a secret is typed. */
export function RequestPreview({ webhook, draft }: Props) {
  const { includeResult } = draft.settings
  const forms = [
    { id: 'without', label: 'Without result', isChosen: !includeResult, hasResult: false },
    { id: 'with', label: 'With result', isChosen: includeResult, hasResult: true },
  ].toSorted((one, other) => Number(other.isChosen) - Number(one.isChosen))
  const isOperational = webhook.name === 'operational'
  return (
    <Card title="The request" hint="What your receiver gets.">
      <div className="p-5">
        {isOperational ? (
          <Form body={sampleBody(webhook, false)} webhook={webhook} draft={draft} />
        ) : (
          <Tabs
            key={String(includeResult)}
            label="Form of the body"
            tabs={forms.map(({ id, label, isChosen, hasResult }) => ({
              id,
              label: isChosen ? `${label} (chosen)` : label,
              content: <Form body={sampleBody(webhook, hasResult)} webhook={webhook} draft={draft} />,
            }))}
          />
        )}
      </div>
    </Card>
  )
}

function Form({ body, webhook, draft }: Props & { readonly body: string }) {
  const head = useHead(webhook, draft, body)
  return (
    <div className="flex flex-col gap-3">
      <Code text={head} label="Request line and headers" wrap={false} />
      <Code text={body} label="Body">
        {spread(body)}
      </Code>
      <p className="text-[13px] leading-5 text-muted">
        Shown spread over lines; sent without spaces, exactly as it is signed.
      </p>
    </div>
  )
}

function useHead(webhook: Webhook, { settings }: SettingsDraft, body: string): string {
  const { data: server } = useQuery(serverQuery)
  const { secret, asymmetricSignature } = settings
  const { data: signature } = useQuery({
    queryKey: ['signature', secret, body],
    queryFn: () => signHex(secret, body),
    enabled: secret !== '',
    gcTime: 0,
  })
  const url = URL.parse(settings.url)
  const lines = [
    `POST ${url ? url.pathname + url.search : '/…'} HTTP/1.1`,
    `Host: ${url?.host ?? '…'}`,
    'Content-Type: application/json',
    `User-Agent: ${server?.user_agent ?? '…'}`,
    `X-Signature: ${secret !== '' && signature ? signature : '<HMAC-SHA256 of the body, hex>'}`,
    'webhook-id: <the id of the delivery>',
    'webhook-timestamp: <Unix seconds>',
    `webhook-signature: v1,${asymmetricSignature ? '<base64> v1a,<base64>' : '<Standard Webhooks, base64>'}`,
    ...Object.entries(webhook.headers).map(([name, { value }]) => `${name}: ${value}`),
  ]
  return lines.join('\n')
}
