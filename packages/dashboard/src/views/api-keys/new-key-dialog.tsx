import { type FormEvent, useState } from 'react'
import { useCreateApiKey } from '../../api/api-keys.ts'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field, Input } from '../../ui/field.tsx'
import { SecretOnce } from '../../ui/secret-once.tsx'
import { FormError } from '../../ui/states.tsx'

/** Asks what a key is for, makes it, and shows it this once. */
export function NewKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('')
  const create = useCreateApiKey()
  const errors = create.error instanceof ApiError ? create.error.fields : {}

  function submit(event: FormEvent) {
    event.preventDefault()
    create.mutate({ name })
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
    <Dialog open onClose={onClose} title="Create an API key" hint="It may do everything that this account may.">
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
        <FormError error={create.error} />
        <DialogActions>
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Create
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
