import type { ServerInfo } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { accountQuery, serverQuery, useChangeAccount } from '../../api/account.ts'
import { Card } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Fact, Facts } from '../../ui/facts.tsx'
import { Page } from '../../ui/page.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { Switch } from '../../ui/toggle.tsx'

/** What is set for the account as a whole, and how this server works. */
export function SettingsView() {
  const server = useQuery(serverQuery)
  return (
    <Page title="Settings" hint="What holds for the whole account, and how this server sends.">
      <AccountSettings />
      {server.error && !server.data ? (
        <ErrorState error={server.error} onRetry={() => void server.refetch()} />
      ) : (
        <Card title="This server" hint="Set by whoever runs it, with environment variables.">
          <div className="p-5">{server.data ? <Server server={server.data} /> : <Skeleton className="h-40" />}</div>
        </Card>
      )}
    </Page>
  )
}

function AccountSettings() {
  const account = useQuery(accountQuery)
  const change = useChangeAccount()
  if (account.error && !account.data) {
    return <ErrorState error={account.error} onRetry={() => void account.refetch()} />
  }
  return (
    <Card title="Account" hint={account.data?.name}>
      <div className="p-5">
        {account.data ? (
          <Switch
            label="Tell the account's webhooks too"
            hint="For jobs with a Job-Webhook header: when on, the account's webhooks are told as well as that address; when off, that address alone."
            checked={account.data.job_webhook === 'also'}
            disabled={change.isPending}
            onChange={(isAlso) =>
              change.mutate(
                { job_webhook: isAlso ? 'also' : 'instead' },
                {
                  onSuccess: () => toast('Saved. It holds for jobs that finish from now on.'),
                  onError: (error) => toast(error.message, 'bad'),
                },
              )
            }
          />
        ) : (
          <Skeleton className="h-14" />
        )}
      </div>
    </Card>
  )
}

function Server({ server }: { readonly server: ServerInfo }) {
  return (
    <Facts>
      <Fact label="Version">
        <span className="nums">{server.version}</span>
      </Fact>
      <Fact label="Public URL">
        <span className="inline-flex items-center gap-1">
          <span className="font-mono text-[12.5px] break-all">{server.public_url}</span>
          <CopyButton text={server.public_url} iconOnly label="Copy the public URL" />
        </span>
      </Fact>
      <Fact label="User-Agent of webhooks">
        <span className="font-mono text-[12.5px] break-all">{server.user_agent}</span>
      </Fact>
      <Fact label="Deadline of an attempt">
        <span className="nums">{server.timeout}</span>
      </Fact>
      <Fact label="Retries, unless a webhook says otherwise">
        <span className="nums">{server.retry_schedule.length > 0 ? server.retry_schedule.join(', ') : 'none'}</span>
      </Fact>
      <Fact label="Job types">
        <span className="nums">{server.job_types.length}</span>
      </Fact>
    </Facts>
  )
}
