import { type FormEvent, useState } from 'react'
import { useSignIn } from '../../api/account.ts'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Input } from '../../ui/field.tsx'

/** Signs in with an API key. The key goes to the server and is kept nowhere in the browser. */
export function KeyForm() {
  const [key, setKey] = useState('')
  const signIn = useSignIn()
  const { error } = signIn
  const fieldError = error instanceof ApiError ? error.fields.api_key : undefined

  function submit(event: FormEvent) {
    event.preventDefault()
    signIn.mutate({ api_key: key })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="API key" error={fieldError}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="off"
            spellCheck={false}
            required
            value={key}
            onChange={(event) => setKey(event.target.value)}
            placeholder="rb_…"
          />
        )}
      </Field>
      {error && fieldError === undefined && (
        <p role="alert" className="text-[13px] leading-5 text-bad">
          {error.message}
        </p>
      )}
      <Button type="submit" look="primary" busy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  )
}
