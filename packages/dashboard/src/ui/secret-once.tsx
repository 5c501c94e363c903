import { Button } from './button.tsx'
import { Code } from './code.tsx'
import { Dialog, DialogActions } from './dialog.tsx'

/** Something that the server made and shows this once. */
export function SecretOnce({
  title,
  hint,
  label,
  secret,
  onClose,
}: {
  readonly title: string
  readonly hint: string
  /** What it is, in a word or two: `Secret`. */
  readonly label: string
  readonly secret: string
  readonly onClose: () => void
}) {
  return (
    <Dialog open modalOnly onClose={onClose} title={title} hint={hint}>
      <Code text={secret} label={label} />
      <DialogActions>
        <Button look="primary" onClick={onClose}>
          I have copied it
        </Button>
      </DialogActions>
    </Dialog>
  )
}
