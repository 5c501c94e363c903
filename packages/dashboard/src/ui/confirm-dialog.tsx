import type { ReactNode, RefObject } from 'react'
import { Button } from './button.tsx'
import { Dialog, DialogActions } from './dialog.tsx'
import { FormError } from './states.tsx'

/** What a dialog asks about; the mutations of `src/api` are of this form. */
interface Doing {
  readonly error: Error | null
  readonly isPending: boolean
}

interface Props {
  readonly title: ReactNode
  /** What it means, and whether it can be taken back. */
  readonly hint: ReactNode
  /** What the button says that does it. */
  readonly action: string
  /** What the other one says. */
  readonly keep?: string
  /** It can be taken back, so the button does not warn. */
  readonly isHarmless?: boolean
  /** What is done. What goes wrong stays in the dialog, in the server's words. */
  readonly doing: Doing
  /** What has the focus afterwards, where the button that asked cannot. */
  readonly returnTo?: RefObject<HTMLElement | null>
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks before something is done, and says what it means. It is there while it is rendered. */
export function ConfirmDialog({ title, hint, action, doing, onConfirm, onClose, ...options }: Props) {
  const { keep = 'Keep it', isHarmless = false, returnTo } = options
  return (
    <Dialog
      open
      modalOnly={doing.isPending}
      onClose={onClose}
      title={title}
      hint={hint}
      {...(returnTo && { returnTo })}
    >
      <FormError error={doing.error} />
      <DialogActions>
        <Button disabled={doing.isPending} onClick={onClose}>
          {keep}
        </Button>
        <Button look={isHarmless ? 'primary' : 'danger'} busy={doing.isPending} onClick={onConfirm}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
