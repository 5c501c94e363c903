import type { Ref } from 'react'
import { Switch } from '../../../ui/toggle.tsx'

/** Whether a webhook signs with a key beside its secret, and what that is good for. */
export function KeyPairSwitch(props: {
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly ref?: Ref<HTMLElement>
}) {
  return (
    <Switch
      {...props}
      label="Sign with a key pair too (ed25519)"
      hint="Receivers verify with a public key, so that whoever can verify a webhook cannot forge one."
    />
  )
}
