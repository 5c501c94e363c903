import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { useCreateWebhook } from '../../api/webhooks.ts'
import { inAddress } from '../../lib/in-address.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Field, Input } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { FormError } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { Checkbox } from '../../ui/toggle.tsx'
import { FilterFields } from './parts/filter-fields.tsx'
import { KeyPairSwitch } from './parts/key-pair-switch.tsx'
import { changeOf, NO_RULES, type Rules } from './parts/rules.ts'
import { SecretField } from './parts/secret-field.tsx'
import { UrlField } from './parts/url-field.tsx'
import { WebhookSecretOnce } from './parts/webhook-secret-once.tsx'

/** Adds a webhook: its address, and what it is told. Everything else can be set on its own page. */
export function NewWebhookView() {
  const [url, setUrl] = useState('')
  const [name, setName] = useState('')
  const [secret, setSecret] = useState('')
  const [asymmetricSignature, setAsymmetricSignature] = useState(false)
  const [includeResult, setIncludeResult] = useState(true)
  const [rules, setRules] = useState<Rules>(NO_RULES)
  const [created, setCreated] = useState<{ address: string; secret: string } | null>(null)
  const navigate = useNavigate()
  const create = useCreateWebhook()
  const errors = create.error instanceof ApiError ? create.error.fields : {}
  const open = (webhookId: string) => void navigate({ to: '/webhooks/$webhookId', params: { webhookId } })

  function submit(event: FormEvent) {
    event.preventDefault()
    const body = {
      url: url.trim(),
      include_result: includeResult,
      ...(name.trim() !== '' && { name: name.trim() }),
      ...(secret !== '' && { secret }),
      ...(asymmetricSignature && { asymmetric_signature: true }),
      ...changeOf(NO_RULES, rules),
    }
    create.mutate(body, {
      onSuccess: (webhook) => {
        toast(`The webhook "${webhook.name}" is on.`)
        const address = inAddress(webhook.name, webhook.id)
        if (webhook.secret === undefined) open(address)
        else setCreated({ address, secret: webhook.secret })
      },
    })
  }

  return (
    <Page
      title="Add a webhook"
      hint="It is told of jobs that finish from now on. You can test it before anything real comes."
    >
      <Card className="max-w-2xl">
        <form onSubmit={submit} className="flex flex-col gap-6 p-5 sm:p-6" noValidate>
          <UrlField value={url} savedUrl={null} error={errors.url} onChange={setUrl} />
          <Field
            label="Name"
            error={errors.name}
            hint={<p>Lower-case letters, digits, dots, dashes. Left empty, it is made from the host of the URL.</p>}
          >
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                spellCheck={false}
                placeholder="crm-production"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <SecretField value={secret} hasSecret={false} error={errors.secret} onChange={setSecret} />
          <KeyPairSwitch checked={asymmetricSignature} onChange={setAsymmetricSignature} />
          <Checkbox
            label="Include AI Job Result"
            hint="Puts the result of the job into the body."
            checked={includeResult}
            onChange={setIncludeResult}
          />
          <FilterFields rules={rules} errors={errors} onChange={(change) => setRules({ ...rules, ...change })} />
          <div className="flex flex-wrap items-center gap-3 border-t border-line pt-5">
            <Button type="submit" look="primary" busy={create.isPending}>
              Add webhook
            </Button>
            <FormError error={create.error} />
          </div>
        </form>
      </Card>
      {created && <WebhookSecretOnce secret={created.secret} onClose={() => open(created.address)} />}
    </Page>
  )
}
