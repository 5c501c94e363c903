import type { ApiKey } from '@ringback/contract'
import { useRevokeApiKey } from '../../api/api-keys.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast } from '../../ui/toast.tsx'

/** Asks before a key is revoked: programs that use it are refused from then on. */
export function RevokeDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const revoke = useRevokeApiKey(apiKey.id)
  const onSuccess = () => {
    toast(`The key "${apiKey.name}" was revoked.`)
    onClose()
  }
  return (
    <ConfirmDialog
      title={`Revoke "${apiKey.name}"?`}
      hint={`Programs that use ${apiKey.prefix}… are refused from then on, and browsers that signed in with it are signed out. It cannot be taken back.`}
      action="Revoke the key"
      doing={revoke}
      onConfirm={() => revoke.mutate(undefined, { onSuccess })}
      onClose={onClose}
    />
  )
}
