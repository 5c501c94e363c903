import { useState } from 'react'
import { activeShortcuts } from '../lib/keyboard.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'

/** The shortcuts that work on the page that is open. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const [shortcuts] = useState(activeShortcuts)
  return (
    <Dialog open onClose={onClose} title="Shortcuts" hint="They rest while you type.">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <section aria-label="Keys" tabIndex={0} className="max-h-[54vh] overflow-auto pr-2">
        <dl className="flex flex-col divide-y divide-line">
          {[...shortcuts, ['Enter', 'Open what is selected'] as const, ['Escape', 'Close what is open'] as const].map(
            ([keys, text]) => (
              <div key={keys} className="flex items-center justify-between py-2">
                <dt className="text-sm">{text}</dt>
                <dd className="flex gap-1">
                  {keys.split(/[ +]/).map((key) => (
                    <Kbd key={key}>{key === 'mod' ? 'Ctrl/⌘' : key}</Kbd>
                  ))}
                </dd>
              </div>
            ),
          )}
        </dl>
      </section>
    </Dialog>
  )
}
