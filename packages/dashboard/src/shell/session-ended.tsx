import { Dialog } from '../ui/dialog.tsx'
import { KeyForm } from '../views/sign-in/key-form.tsx'

/** Over the page that was open: after signing in it goes on, with everything that was typed. */
export function SessionEnded() {
  return (
    <Dialog
      open
      modalOnly
      onClose={() => {}}
      title="You have been signed out"
      hint="Your session has ended. Sign in to go on where you were; what you typed is still here. A new one-time link works too: open it in another tab, then come back."
    >
      <KeyForm />
    </Dialog>
  )
}
