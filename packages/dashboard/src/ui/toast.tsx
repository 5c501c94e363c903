import { Toast } from '@base-ui/react/toast'
import { Check, CircleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from './button.tsx'

const manager = Toast.createToastManager()

/** Says what was done or what went wrong, in the corner and to screen readers. What matters stays on the page too. */
export function toast(text: string, tone: 'ok' | 'bad' = 'ok'): void {
  manager.add({ description: text, type: tone, priority: tone === 'bad' ? 'high' : 'low' })
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function List() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((item) => (
    <Toast.Root
      key={item.id}
      toast={item}
      className="fade flex items-start gap-3 rounded-xl bg-surface py-3 pr-2 pl-4 shadow-pop"
    >
      {item.type === 'bad' ? (
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden="true" />
      ) : (
        <Check className="mt-0.5 size-4 shrink-0 text-ok" aria-hidden="true" />
      )}
      <Toast.Description className="flex-1 text-sm leading-5" />
      <Toast.Close className={buttonClass({ look: 'quiet', size: 'icon' })} aria-label="Dismiss">
        <X className="size-3.5" />
      </Toast.Close>
    </Toast.Root>
  ))
}
