import { useEffect } from 'react'
import { queryClient } from '../api/query-client.ts'
import { Dialog } from '../ui/dialog.tsx'
import { KeyForm } from '../views/sign-in/key-form.tsx'

/** Over the page that was open: after signing in it goes on, with everything that was typed. */
export function SessionEnded() {
  // Also when it was another tab that signed in: what was refused meanwhile is asked for again.
  useEffect(() => () => void queryClient.invalidateQueries(), [])
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
