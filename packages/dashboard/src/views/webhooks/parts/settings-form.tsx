import { type Webhook, webhookChangeSchema } from '@ringback/contract'
import { type FormEvent, useRef, useState } from 'react'
import { ApiError } from '../../../api/client.ts'
import { useChangeWebhook } from '../../../api/webhooks.ts'
import { Button } from '../../../ui/button.tsx'
import { Card } from '../../../ui/card.tsx'
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx'
import { FormError } from '../../../ui/states.tsx'
import { toast } from '../../../ui/toast.tsx'
import { Checkbox, Switch } from '../../../ui/toggle.tsx'
import { KeyPairSwitch } from './key-pair-switch.tsx'
import { SecretField } from './secret-field.tsx'
import type { SettingsDraft } from './settings-draft.ts'
import { UrlField } from './url-field.tsx'
import { WebhookSecretOnce } from './webhook-secret-once.tsx'

/** The form of the announcement: on or off, URL, secret, result, SAVE. */
export function SettingsForm({ webhook, draft }: { readonly webhook: Webhook; readonly draft: SettingsDraft }) {
  const { settings, set } = draft
  const change = useChangeWebhook(webhook.id)
  const [ownErrors, setOwnErrors] = useState<Readonly<Record<string, string>>>({})
  const keyPairSwitch = useRef<HTMLElement>(null)
  const [isAsking, setAsking] = useState(false)
  const [generated, setGenerated] = useState<string | null>(null)
  const serverErrors = change.error instanceof ApiError ? change.error.fields : {}
  const errors = { ...serverErrors, ...ownErrors }

  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = webhookChangeSchema.safeParse(draft.change)
    setOwnErrors(
      checked.success ? {} : Object.fromEntries(checked.error.issues.map(({ path, message }) => [path[0], message])),
    )
    if (!checked.success) return
    if (draft.change.asymmetric_signature === false) setAsking(true)
    else save()
  }

  function save() {
    change.mutate(draft.change, {
      onSuccess: (saved) => {
        draft.forgetSaved()
        if (saved.secret !== undefined) setGenerated(saved.secret)
        toast(saved.enabled ? 'Saved. The next attempt uses these settings.' : 'Saved. The webhook is off.')
      },
      // What is wrong stands beside the fields.
      onSettled: () => setAsking(false),
    })
  }

  return (
    <Card title="Settings">
      <form onSubmit={submit} className="flex flex-col gap-6 p-5" noValidate>
        <Switch
          label="Enable Webhooks"
          hint="When off, finished jobs are not told here; what waits is discarded and can be recovered."
          checked={settings.enabled}
          onChange={(enabled) => set({ enabled })}
        />
        <UrlField value={settings.url} savedUrl={webhook.url} error={errors.url} onChange={(url) => set({ url })} />
        <SecretField
          value={settings.secret}
          hasSecret={webhook.has_secret}
          error={errors.secret}
          onChange={(secret) => set({ secret })}
        />
        <KeyPairSwitch
          ref={keyPairSwitch}
          checked={settings.asymmetricSignature}
          onChange={(asymmetricSignature) => set({ asymmetricSignature })}
        />
        {webhook.name !== 'operational' && (
          <Checkbox
            label="Include AI Job Result"
            hint="Puts the result of the job into the body. Without it, receivers ask for the result with the job's id."
            checked={settings.includeResult}
            onChange={(includeResult) => set({ includeResult })}
          />
        )}
        <div className="flex flex-wrap items-center gap-3 border-t border-line pt-5">
          <Button type="submit" look="primary" busy={change.isPending} disabled={!draft.isChanged} className="px-6">
            SAVE
          </Button>
          {draft.isChanged && (
            <Button look="quiet" onClick={draft.reset}>
              Undo changes
            </Button>
          )}
          <FormError error={change.error} />
        </div>
      </form>
      {isAsking && (
        <ConfirmDialog
          title={`Take the key of "${webhook.name}" away?`}
          hint="It ends at once: receivers that verify with its public key refuse every webhook from then on. Switching it on again makes another key."
          action="Take it away"
          doing={{ error: null, isPending: change.isPending }}
          // SAVE has nothing to save any more when the key is gone.
          returnTo={keyPairSwitch}
          onConfirm={save}
          onClose={() => setAsking(false)}
        />
      )}
      {generated !== null && <WebhookSecretOnce secret={generated} onClose={() => setGenerated(null)} />}
    </Card>
  )
}
