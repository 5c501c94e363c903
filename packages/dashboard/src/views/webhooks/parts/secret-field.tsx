import { Dices, Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { generateSecret } from '../../../lib/secret.ts'
import { Button } from '../../../ui/button.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { Field, Input } from '../../../ui/field.tsx'

/** The secret for signatures: typed or generated, seen until it is saved, and never again. */
export function SecretField({
  value,
  hasSecret,
  error,
  onChange,
}: {
  readonly value: string
  readonly hasSecret: boolean
  readonly error: string | undefined
  readonly onChange: (secret: string) => void
}) {
  const [isShown, setShown] = useState(false)
  return (
    <Field
      label="Secret for Signature"
      error={error}
      hint={<p>{hintText(value, hasSecret)}</p>}
      action={
        <Button
          look="quiet"
          size="sm"
          className="-mr-2"
          icon={<Dices className="size-3.5" />}
          onClick={() => {
            onChange(generateSecret())
            setShown(true)
          }}
        >
          Generate
        </Button>
      }
    >
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            type={isShown ? 'text' : 'password'}
            autoComplete="new-password"
            spellCheck={false}
            placeholder={hasSecret ? '•••••••••••• (set; type to replace it)' : 'At least 8 characters'}
            className="pr-20 font-mono text-[13px]"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          {value !== '' && (
            <div className="absolute inset-y-0 right-0.5 flex items-center">
              <Button
                look="quiet"
                size="icon"
                aria-label={isShown ? 'Hide the secret' : 'Show the secret'}
                icon={isShown ? <EyeOff className="size-3.5" /> : <Eye className="size-3.5" />}
                onClick={() => setShown(!isShown)}
              />
              <CopyButton text={value} iconOnly label="Copy the secret" />
            </div>
          )}
        </div>
      )}
    </Field>
  )
}

function hintText(value: string, hasSecret: boolean): string {
  if (value !== '' && hasSecret) return 'Copy it now: it is not shown again. The old one goes on signing for 24 hours.'
  if (value !== '') return 'Copy it now: after saving it is not shown again.'
  if (hasSecret) return 'Your receiver verifies X-Signature with it. Stored encrypted, never shown.'
  return 'Your receiver verifies X-Signature with it. Left empty, one is generated when you save.'
}
