import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CalendarClock, PhoneIncoming, Webhook as WebhookIcon } from 'lucide-react'
import { webhooksQuery } from '../../api/webhooks.ts'
import { buttonClass } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { FirstJob } from '../first-job.tsx'
import { SetUpWebhook } from '../set-up-webhook.tsx'

/** The account is new. */
export function NothingEver() {
  return (
    <EmptyState
      icon={PhoneIncoming}
      title="Nothing has happened here yet"
      action={
        <>
          <SetUpWebhook />
          <Link to="/playground" className={buttonClass()}>
            Try a job in the playground
          </Link>
        </>
      }
    >
      <p>Say where to call back, then post a job. Both show here within seconds.</p>
      <FirstJob />
    </EmptyState>
  )
}

/** There is something, but not of this time. */
export function NothingInRange({ newest }: { readonly newest: string }) {
  return (
    <EmptyState
      icon={CalendarClock}
      title="Nothing in this time"
      action={
        <>
          <Link to="/overview" search={{ range: '30d' }} className={buttonClass()}>
            Look at the last 30 days
          </Link>
          <Link to="/jobs" className={buttonClass()}>
            All jobs
          </Link>
        </>
      }
    >
      The newest that there is was created <Time iso={newest} />.
    </EmptyState>
  )
}

/** There were jobs, and nobody was told of them. */
export function NothingTold() {
  const { data: webhooks } = useQuery(webhooksQuery)
  const isAnyOn = webhooks?.some(({ enabled, name }) => enabled && name !== 'operational') ?? true
  return (
    <EmptyState
      icon={WebhookIcon}
      title={isAnyOn ? 'Nothing was told in this time' : 'Nobody is told: no webhook is switched on'}
      action={
        <Link to="/webhooks" className={buttonClass({ look: isAnyOn ? 'secondary' : 'primary' })}>
          {isAnyOn ? 'Look at the webhooks' : 'Set up a webhook'}
        </Link>
      }
    >
      {isAnyOn
        ? 'The jobs have not ended yet, or no webhook wants to hear of their types.'
        : 'Jobs run and end, but their results wait here. Switch a webhook on, and each end is told there.'}
    </EmptyState>
  )
}
