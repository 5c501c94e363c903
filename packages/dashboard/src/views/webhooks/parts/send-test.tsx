import type { Webhook } from '@ringback/contract'
import { Link } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import { useTestWebhook } from '../../../api/webhooks.ts'
import { AttemptDetails } from '../../../ui/attempt/attempt-details.tsx'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { ErrorState } from '../../../ui/states.tsx'

/** Sends a real request by the way of all deliveries, and shows what was sent, answered, and how long each step took. */
export function SendTest({ webhook, unsaved }: { readonly webhook: Webhook; readonly unsaved: boolean }) {
  const test = useTestWebhook(webhook.id)
  const attempt = test.data?.delivery.attempts.at(-1)
  return (
    <Card
      title="Send test"
      hint={
        unsaved
          ? 'Tests use the saved settings: save first to test what you changed.'
          : 'A sample goes out by the same way as every delivery, whether the webhook is on or off.'
      }
      actions={
        <Button
          busy={test.isPending}
          disabled={webhook.url === null}
          icon={<FlaskConical className="size-4" />}
          onClick={() => test.mutate()}
        >
          Send test
        </Button>
      }
    >
      <div className="p-5" aria-live="polite">
        {test.error && <ErrorState error={test.error} />}
        {!test.error && !test.data && (
          <p className="text-sm text-muted">
            {webhook.url === null
              ? 'Give the webhook a URL first.'
              : 'Nothing sent yet. You will see the response, the signature, and the time of DNS, connect, TLS and first byte.'}
          </p>
        )}
        {test.data && (
          <div className="flex flex-col gap-5">
            <div className="flex flex-wrap items-center gap-3">
              <Badge tone={test.data.outcome === 'delivered' ? 'ok' : 'bad'}>{OUTCOMES[test.data.outcome]}</Badge>
              <p className="flex-1 text-sm">{test.data.message}</p>
              <Link
                to="/deliveries/$deliveryId"
                params={{ deliveryId: test.data.delivery.id }}
                className="text-[13px] font-medium text-accent hover:underline"
              >
                Open as delivery
              </Link>
            </div>
            {attempt && <AttemptDetails attempt={attempt} body={test.data.delivery.body} signer={webhook.name} />}
          </div>
        )}
      </div>
    </Card>
  )
}

const OUTCOMES = { delivered: 'Delivered', failed: 'Failed', no_attempt: 'No attempt yet' } as const
