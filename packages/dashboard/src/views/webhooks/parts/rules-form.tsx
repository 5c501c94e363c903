import type { Webhook } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { serverQuery } from '../../../api/account.ts'
import { ApiError } from '../../../api/client.ts'
import { useChangeWebhook } from '../../../api/webhooks.ts'
import { withoutSaved } from '../../../lib/typed.ts'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { Field, Input } from '../../../ui/field.tsx'
import { FormError } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.tsx'
import { FilterFields } from './filter-fields.tsx'
import { HeaderFields } from './header-fields.tsx'
import { problemsOf } from './rule-problems.ts'
import { changeOf, errorOf, type Rules, rulesOf } from './rules.ts'

/** When a webhook is told, with which headers, how often it is tried and how fast. */
export function RulesForm({ webhook }: { readonly webhook: Webhook }) {
  const [typed, setTyped] = useState<Partial<Rules>>({})
  const { data: server } = useQuery(serverQuery)
  const change = useChangeWebhook(webhook.id)
  const saved = rulesOf(webhook)
  const rules = { ...saved, ...typed }
  const wanted = changeOf(saved, rules)
  const isChanged = Object.keys(wanted).length > 0
  const [ownErrors, setOwnErrors] = useState<Readonly<Record<string, string>>>({})
  const hasOwn = Object.keys(ownErrors).length > 0
  const serverErrors = change.error instanceof ApiError ? change.error.fields : {}
  const errors = hasOwn ? ownErrors : serverErrors
  const set = (next: Partial<Rules>) => setTyped((before) => ({ ...before, ...next }))

  function submit(event: FormEvent) {
    event.preventDefault()
    const problems = problemsOf(rules)
    setOwnErrors(problems)
    if (Object.keys(problems).length > 0) return
    change.mutate(wanted, {
      onSuccess: () => {
        setTyped((present) => withoutSaved(present, typed))
        toast('Rules saved.')
      },
    })
  }

  return (
    <Card title="Rules" hint="When it is told, with which headers, how often it is tried and how fast.">
      <form onSubmit={submit} className="flex flex-col gap-7 p-5" noValidate>
        {webhook.name !== 'operational' && <FilterFields rules={rules} errors={errors} onChange={set} />}
        <HeaderFields headers={rules.headers} errors={errors} onChange={(headers) => set({ headers })} />
        <div className="grid gap-5 sm:grid-cols-2">
          <Field
            label="Retry schedule"
            error={errorOf(errors, 'retry_schedule')}
            hint={
              <p>
                Waits before each retry, separated by commas. The server&rsquo;s own:{' '}
                <code className="font-mono">{server?.retry_schedule.join(', ') ?? '…'}</code>. For no retries write{' '}
                <code className="font-mono">none</code>.
              </p>
            }
          >
            {(control) => (
              <Input
                {...control}
                className="font-mono text-[13px]"
                placeholder={server?.retry_schedule.join(', ')}
                value={rules.schedule}
                onChange={(event) => set({ schedule: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Rate limit"
            error={errors.rate_limit_per_second}
            hint={<p>Attempts a second at most. Empty: no limit.</p>}
          >
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                placeholder="no limit"
                value={rules.rate}
                onChange={(event) => set({ rate: event.target.value })}
              />
            )}
          </Field>
        </div>
        <div className="flex flex-wrap items-center gap-3 border-t border-line pt-5">
          <Button type="submit" look="primary" busy={change.isPending} disabled={!isChanged}>
            Save rules
          </Button>
          {isChanged && (
            <Button
              look="quiet"
              onClick={() => {
                setTyped({})
                setOwnErrors({})
              }}
            >
              Undo changes
            </Button>
          )}
          {!hasOwn && <FormError error={change.error} />}
        </div>
      </form>
    </Card>
  )
}
