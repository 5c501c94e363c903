import type { ApiKey } from '@ringback/contract'
import { useRevokeApiKey } from '../../api/api-keys.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'

/** Asks before a key is revoked: programs that use it are refused from then on. */
export function RevokeDialog({ apiKey, onClose }: { readonly apiKey: ApiKey; readonly onClose: () => void }) {
  const revoke = useRevokeApiKey(apiKey.id)
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Revoke "${apiKey.name}"?`}
      hint={`Programs that use ${apiKey.prefix}… are refused from then on, and browsers that signed in with it are signed out. It cannot be taken back.`}
    >
      <FormError error={revoke.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button
          look="danger"
          busy={revoke.isPending}
          onClick={() =>
            revoke.mutate(undefined, {
              onSuccess: () => {
                toast(`The key "${apiKey.name}" was revoked.`)
                onClose()
              },
            })
          }
        >
          Revoke the key
        </Button>
      </DialogActions>
    </Dialog>
  )
}
