import type { ApiKeyScope } from '@ringback/contract'
import { type FormEvent, useState } from 'react'
import { useCreateApiKey } from '../../api/api-keys.ts'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field, Input } from '../../ui/field.tsx'
import { SecretOnce } from '../../ui/secret-once.tsx'
import { FormError } from '../../ui/states.tsx'
import { ScopeBoxes } from './scope-boxes.tsx'

/** Most keys are for programs that post jobs. */
const USUAL_SCOPES: readonly ApiKeyScope[] = ['jobs']

/** Asks what a key is for and what it may do, makes it, and shows it this once. */
export function NewKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState(USUAL_SCOPES)
  const create = useCreateApiKey()
  const errors = create.error instanceof ApiError ? create.error.fields : {}

  function submit(event: FormEvent) {
    event.preventDefault()
    create.mutate({ name, scopes: [...scopes] })
  }

  if (create.data) {
    return (
      <SecretOnce
        title={`The key "${create.data.name}"`}
        hint="Give it to your program now. Only a hash of it is stored, so it cannot be shown again."
        label="API key"
        secret={create.data.key}
        onClose={onClose}
      />
    )
  }
  return (
    // Not to be closed meanwhile: nobody would see the key that is being made.
    <Dialog
      open
      modalOnly={create.isPending}
      onClose={onClose}
      title="Create an API key"
      hint="Let it do no more than its program needs."
    >
      <form onSubmit={submit} className="flex flex-col gap-5" noValidate>
        <Field label="Name" error={errors.name} hint={<p>What or whom the key is for.</p>}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              placeholder="crm backend"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <ScopeBoxes chosen={scopes} error={errors.scopes} onChange={setScopes} />
        <FormError error={create.error} />
        <DialogActions>
          <Button disabled={create.isPending} onClick={onClose}>
            Not now
          </Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
