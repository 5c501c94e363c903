import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, type RefObject, useRef } from 'react'
import { cx } from '../lib/class-names.ts'
import { buttonClass } from './button.tsx'

interface Props {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: ReactNode
  readonly hint?: ReactNode
  readonly children: ReactNode
  /** It cannot be closed: without an answer, or while what it asked for is being done. */
  readonly modalOnly?: boolean
  /** What has the focus afterwards; unless told, what had it before. */
  readonly returnTo?: RefObject<HTMLElement | null>
}

const BACKDROP = 'fade fixed inset-0 z-40 bg-[#0c0d0e73]'

/** A question in the middle of the page. Focus goes in and comes back; Escape closes. */
export function Dialog({ open, onClose, title, hint, children, modalOnly = false, returnTo }: Props) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && !modalOnly && onClose()}>
      <Base.Portal>
        {/* Also above a drawer that asks: it is dimmed like the page, and not one with the question. */}
        <Base.Backdrop forceRender className={BACKDROP} />
        <Base.Popup
          data-modal
          finalFocus={returnTo}
          className={cx(
            'fade fixed inset-x-4 top-[12vh] outline-none z-40 mx-auto flex max-h-[80vh] max-w-lg flex-col overflow-auto rounded-2xl bg-surface p-6 shadow-pop',
          )}
        >
          <Base.Title className="text-base font-semibold">{title}</Base.Title>
          {hint && <Base.Description className="mt-1.5 text-sm leading-6 text-muted">{hint}</Base.Description>}
          <div className="mt-5 flex flex-col gap-5">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

interface DrawerProps extends Props {
  /** On the line of the hint, such as what copies it; not part of what screen readers read as the description. */
  readonly beside?: ReactNode
  readonly actions?: ReactNode
}

/** Details beside the list they belong to; on a phone, over it. */
export function Drawer({ open, onClose, title, hint, beside, actions, children }: DrawerProps) {
  const close = useRef<HTMLButtonElement>(null)
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup
          initialFocus={close}
          className="fixed inset-y-0 right-0 z-40 flex w-full max-w-3xl flex-col bg-surface shadow-pop transition-transform duration-200 data-[ending-style]:translate-x-8 data-[ending-style]:opacity-0 data-[starting-style]:translate-x-8"
        >
          <header className="flex flex-wrap items-start gap-x-1.5 gap-y-3 border-b border-line px-5 py-4 sm:px-6">
            <div className="min-w-0 flex-1">
              <Base.Title className="flex flex-wrap items-center gap-2.5 text-base font-semibold">{title}</Base.Title>
              <div className="-mt-0.5 -mb-1.5 flex min-h-8 items-center gap-1">
                {hint && <Base.Description className="text-[13px] text-muted">{hint}</Base.Description>}
                {beside}
              </div>
            </div>
            <div className="flex items-center gap-1.5 max-sm:order-3 max-sm:w-full">{actions}</div>
            <Base.Close ref={close} className={buttonClass({ look: 'quiet', size: 'icon' })} aria-label="Close">
              <X className="size-4" />
            </Base.Close>
          </header>
          <div className="flex-1 overflow-auto px-5 py-5 sm:px-6">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** The buttons at the end of a dialog. They stay in sight where it is longer than the window. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return (
    <div className="sticky -bottom-6 -mx-6 -mt-3 -mb-6 flex flex-wrap justify-end gap-2 bg-surface px-6 pt-3 pb-6">
      {children}
    </div>
  )
}
