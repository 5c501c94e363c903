import { SecretOnce } from '../../../ui/secret-once.tsx'

/** The secret of a webhook that the server made. */
export function WebhookSecretOnce(props: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <SecretOnce
      {...props}
      title="Your secret for signature"
      hint="Put it into your receiver now. It is stored encrypted and cannot be shown again."
      label="Secret"
    />
  )
}
