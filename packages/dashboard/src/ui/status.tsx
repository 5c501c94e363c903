import type { AttemptCause, DeliveryStatus, JobStatus, Webhook } from '@ringback/contract'
import { Ban, Check, CircleDashed, Clock, CloudAlert, LoaderCircle, Pause, Power, Send, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge, type Tone } from './badge.tsx'

interface Look {
  readonly tone: Tone
  readonly icon: ReactNode
  readonly text: string
}

const DELIVERY: Readonly<Record<DeliveryStatus, Look>> = {
  waiting: { tone: 'warn', icon: <Clock />, text: 'Waiting' },
  sending: { tone: 'info', icon: <Send />, text: 'Sending' },
  delivered: { tone: 'ok', icon: <Check />, text: 'Delivered' },
  failed: { tone: 'bad', icon: <X />, text: 'Failed' },
  discarded: { tone: 'idle', icon: <Ban />, text: 'Discarded' },
}

export function DeliveryBadge({ status }: { readonly status: DeliveryStatus }) {
  const { tone, icon, text } = DELIVERY[status]
  return (
    <Badge tone={tone} icon={icon}>
      {text}
    </Badge>
  )
}

/** What each status of a job is called in filters and badges: its name in the API. */
export const JOB_STATUS_LABELS: Readonly<Record<JobStatus, string>> = {
  new: 'New',
  pending: 'Pending',
  success: 'Success',
  failed: 'Failed',
}

const JOB: Readonly<Record<JobStatus, Omit<Look, 'text'>>> = {
  new: { tone: 'warn', icon: <Clock /> },
  pending: { tone: 'info', icon: <LoaderCircle /> },
  success: { tone: 'ok', icon: <Check /> },
  failed: { tone: 'bad', icon: <X /> },
}

export function JobBadge({ status }: { readonly status: JobStatus }) {
  const { tone, icon } = JOB[status]
  return (
    <Badge tone={tone} icon={icon}>
      {JOB_STATUS_LABELS[status]}
    </Badge>
  )
}

/** Off, healthy, or paused and probed. */
export function WebhookBadge({ webhook }: { readonly webhook: Pick<Webhook, 'state' | 'url' | 'disabled_reason'> }) {
  const { tone, icon, text } = webhookLook(webhook)
  return (
    <Badge tone={tone} icon={icon}>
      {text}
    </Badge>
  )
}

function webhookLook({ state, url, disabled_reason }: Pick<Webhook, 'state' | 'url' | 'disabled_reason'>): Look {
  if (state === 'healthy') return { tone: 'ok', icon: <Power />, text: 'On' }
  if (state === 'failing') return { tone: 'bad', icon: <CloudAlert />, text: 'Failing, paused' }
  if (disabled_reason !== null) return { tone: 'bad', icon: <Pause />, text: 'Switched off by Ringback' }
  return { tone: 'idle', icon: <CircleDashed />, text: url === null ? 'Not set up' : 'Off' }
}

/** What each cause of a failed attempt is called where people read it. */
export const CAUSES: Readonly<Record<AttemptCause, string>> = {
  blocked_address: 'Address not allowed',
  invalid_request: 'Request could not be built',
  dns: 'Name not found',
  connect: 'No connection',
  tls: 'TLS failed',
  timeout: 'Deadline passed',
  reset: 'Connection broke',
  protocol: 'Answer is not HTTP',
  response_too_large: 'Headers too long',
  redirect: 'Redirect',
  status: 'Answer outside 2xx',
  proxy: 'Egress proxy failed',
  interrupted: 'Interrupted by us',
}
