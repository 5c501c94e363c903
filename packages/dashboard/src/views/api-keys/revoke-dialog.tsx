import type { ApiKey } from '@ringback/contract'
import { type RefObject, useRef } from 'react'
import { useRevokeApiKey } from '../../api/api-keys.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toast } from '../../ui/toast.tsx'

/** Asks before a key is revoked: programs that use it are refused from then on. */
export function RevokeDialog({
  apiKey,
  list,
  onClose,
}: {
  readonly apiKey: ApiKey
  /** Has the focus when the key, and its button, are no longer what they were. */
  readonly list: RefObject<HTMLElement | null>
  readonly onClose: () => void
}) {
  const returnTo = useRef<HTMLElement>(null)
  const revoke = useRevokeApiKey(apiKey.id)
  const onSuccess = () => {
    returnTo.current = list.current
    toast(`The key "${apiKey.name}" was revoked.`)
    onClose()
  }
  return (
    <ConfirmDialog
      title={`Revoke "${apiKey.name}"?`}
      hint={`Programs that use ${apiKey.prefix}… are refused from then on, and browsers that signed in with it are signed out. It cannot be taken back.`}
      action="Revoke the key"
      doing={revoke}
      returnTo={returnTo}
      onConfirm={() => revoke.mutate(undefined, { onSuccess })}
      onClose={onClose}
    />
  )
}
