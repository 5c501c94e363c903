import type { Webhook } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Webhook as WebhookIcon } from 'lucide-react'
import { ApiError } from '../../api/client.ts'
import { webhookQuery } from '../../api/webhooks.ts'
import { buttonClass } from '../../ui/button.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx'
import { WebhookBadge } from '../../ui/status.tsx'
import { Health } from './parts/health.tsx'
import { RequestPreview } from './parts/request-preview.tsx'
import { RulesForm } from './parts/rules-form.tsx'
import { SendTest } from './parts/send-test.tsx'
import { useSettingsDraft } from './parts/settings-draft.ts'
import { SettingsForm } from './parts/settings-form.tsx'
import { Signers } from './parts/signers.tsx'
import { SwitchedOffNotice } from './parts/switched-off-notice.tsx'
import { WebhookActions } from './parts/webhook-actions.tsx'

const route = getRouteApi('/shell/webhooks/$webhookId')

/** One webhook: the form of the announcement, what the request will look like, a test, its rules and its health. */
export function WebhookView() {
  const { webhookId } = route.useParams()
  const { data, error, refetch } = useQuery(webhookQuery(webhookId))
  if (data) return <Loaded key={data.id} webhook={data} />
  if (error instanceof ApiError && error.status === 404) return <Missing id={webhookId} />
  return (
    <Page title={webhookId}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-[32rem] rounded-xl" />
      )}
    </Page>
  )
}

function Loaded({ webhook }: { readonly webhook: Webhook }) {
  const draft = useSettingsDraft(webhook)
  return (
    <Page
      title={webhook.name}
      badge={<WebhookBadge webhook={webhook} />}
      hint={HINTS[webhook.name] ?? 'Told about finished jobs, as its rules say.'}
      actions={<WebhookActions webhook={webhook} />}
    >
      <SwitchedOffNotice webhook={webhook} />
      <Health webhook={webhook} />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <SettingsForm webhook={webhook} draft={draft} />
        <RequestPreview webhook={webhook} draft={draft} />
      </div>
      <SendTest webhook={webhook} unsaved={draft.isChanged} />
      <Signers webhook={webhook} />
      <RulesForm webhook={webhook} />
    </Page>
  )
}

const HINTS: Readonly<Record<string, string>> = {
  default: 'Told about every finished job of the account. Its secret also signs the requests to job webhooks.',
  operational: 'Told when another webhook starts failing, recovers, or is switched off.',
}

function Missing({ id }: { readonly id: string }) {
  return (
    <Page title="No such webhook">
      <EmptyState
        icon={WebhookIcon}
        title={`There is no webhook "${id}"`}
        action={
          <Link to="/webhooks" className={buttonClass()}>
            All webhooks
          </Link>
        }
      >
        It may have been deleted. Its deliveries can still be read.
      </EmptyState>
    </Page>
  )
}
