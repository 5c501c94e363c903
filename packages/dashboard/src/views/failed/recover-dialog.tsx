import { ATTEMPT_CAUSES, type AttemptCause } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { recoverableQuery, useRecover } from '../../api/deliveries.ts'
import { webhooksQuery } from '../../api/webhooks.ts'
import { currentTime } from '../../lib/clock.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { toLocal, toMoment } from '../../lib/local-time.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { FormError, Skeleton } from '../../ui/states.tsx'
import { CAUSES } from '../../ui/status.tsx'
import { toast } from '../../ui/toast.tsx'
import { Checkbox } from '../../ui/toggle.tsx'

/** What fails while the dialog is open counts too, for a minute. */
const AHEAD_MS = 60_000

/** Sends again what failed in a range of time: first the count, then the button with the count on it. */
export function RecoverDialog({ since, onClose }: { readonly since: string; readonly onClose: () => void }) {
  const [from, setFrom] = useState(toLocal(since))
  const [now] = useState(() => new Date(currentTime() + AHEAD_MS).toISOString())
  const [until, setUntil] = useState(() => toLocal(now))
  const [webhook, setWebhook] = useState('')
  const [cause, setCause] = useState<AttemptCause | ''>('')
  const [isMissedWanted, setMissedWanted] = useState(false)
  // Only one webhook can be told of what it missed, and of that no attempt has failed.
  const missed = isMissedWanted && webhook !== ''
  const { data: webhooks = [] } = useQuery(webhooksQuery)
  const begin = toMoment(from, since)
  const end = toMoment(until, now)
  const isComplete = begin !== null && end !== null
  const range = {
    since: begin ?? since,
    until: end ?? now,
    ...(webhook !== '' && { webhook }),
    ...(cause !== '' && !missed && { cause }),
    ...(missed && { missed }),
  }
  const count = useQuery({ ...recoverableQuery(range), enabled: isComplete, retry: false })
  const recover = useRecover()
  const recoverable = isComplete && count.data && 'recoverable' in count.data ? count.data.recoverable : null
  const again = missed ? '' : ' again'
  return (
    <Dialog
      open
      modalOnly={recover.isPending}
      onClose={onClose}
      title="Recover deliveries"
      hint="What failed or was discarded is sent again, with its whole schedule ahead. Receivers may get some of it a second time: ids stay the same."
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Created from">
          {(control) => (
            <Input {...control} type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
          )}
        </Field>
        <Field label="Created until">
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              value={until}
              onChange={(event) => setUntil(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Webhook">
          {(control) => (
            <Select {...control} value={webhook} onChange={(event) => setWebhook(event.target.value)}>
              <option value="">All of them, and job webhooks</option>
              {webhooks.map(({ id, name }) => (
                <option key={id} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Cause">
          {(control) => (
            <Select
              {...control}
              value={missed ? '' : cause}
              disabled={missed}
              onChange={(event) => setCause(event.target.value as AttemptCause | '')}
            >
              <option value="">Any cause</option>
              {ATTEMPT_CAUSES.map((value) => (
                <option key={value} value={value}>
                  {CAUSES[value]}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <Checkbox
        checked={missed}
        disabled={webhook === ''}
        onChange={setMissedWanted}
        label="Jobs that it was never told of, instead"
        hint={webhook === '' ? 'Choose a webhook first.' : 'They ended while it was off, or before it was there.'}
      />
      <div aria-live="polite" className="rounded-lg bg-raised px-4 py-3 text-sm">
        {!isComplete ? (
          'Give both times, each with its date.'
        ) : count.error ? (
          <span className="text-bad">{count.error.message}</span>
        ) : recoverable === null ? (
          <Skeleton className="h-5 w-56" />
        ) : (
          <>
            <strong className="nums font-semibold">{plural(recoverable, 'delivery', 'deliveries')}</strong> will be sent
            {again}.
            {count.data && count.data.skipped > 0 && (
              <span className="text-muted">
                {' '}
                {formatCount(count.data.skipped)} are passed by: their webhook is off or deleted.
              </span>
            )}
          </>
        )}
      </div>
      <FormError error={recover.error} />
      <DialogActions>
        <Button disabled={recover.isPending} onClick={onClose}>
          Cancel
        </Button>
        <Button
          look="primary"
          busy={recover.isPending}
          disabled={!recoverable}
          onClick={() =>
            recover.mutate(range, {
              onSuccess: (result) => {
                if ('recovered' in result)
                  toast(`${plural(result.recovered, 'delivery', 'deliveries')} will be sent${again}.`)
                onClose()
              },
            })
          }
        >
          Send {recoverable === null ? '' : formatCount(recoverable)}
          {again}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
