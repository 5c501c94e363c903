import { Button } from '../../../ui/button.tsx'
import { Code } from '../../../ui/code.tsx'
import { Dialog, DialogActions } from '../../../ui/dialog.tsx'

/** A secret that the server made: the only time it can be seen. */
export function SecretOnce({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <Dialog
      open
      modalOnly
      onClose={onClose}
      title="Your secret for signature"
      hint="Put it into your receiver now. It is stored encrypted and cannot be shown again."
    >
      <Code text={secret} label="Secret" />
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </DialogActions>
    </Dialog>
  )
}
