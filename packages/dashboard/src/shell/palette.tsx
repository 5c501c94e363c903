import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowRight, BookOpen, LogOut, type LucideIcon, Moon, Send, Sun, SunMoon, Webhook } from 'lucide-react'
import { useState } from 'react'
import { webhooksQuery } from '../api/webhooks.ts'
import { inAddress } from '../lib/in-address.ts'
import { useSayingSignOut } from '../views/sign-out.ts'
import { NAV } from './nav.ts'
import { setTheme } from './theme.ts'

interface Command {
  readonly id: string
  readonly label: string
  readonly icon: LucideIcon
  readonly run: () => void
}

const ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Everything that can be gone to or done, by typing some of its name; a pasted id opens its delivery. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('')
  const commands = useCommands(text.trim())
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fade fixed inset-0 z-30 bg-[#0c0d0e73]" />
        <Dialog.Popup
          aria-label="Find or go to"
          data-modal
          className="fade fixed inset-x-4 top-[14vh] z-40 mx-auto flex max-w-xl flex-col overflow-hidden rounded-2xl bg-surface shadow-pop"
        >
          <Dialog.Title className="sr-only">Find or go to</Dialog.Title>
          <Autocomplete.Root
            open
            inline
            items={commands}
            value={text}
            onValueChange={setText}
            itemToStringValue={({ label }: Command) => label}
            autoHighlight="always"
          >
            <Autocomplete.Input
              aria-label="Find or go to"
              placeholder="A view, a webhook, or the id of a delivery"
              className="h-13 w-full border-b border-line bg-transparent px-5 text-[15px] outline-none"
            />
            <Autocomplete.Empty>
              <p className="px-5 py-8 text-center text-sm text-muted">Nothing has this name.</p>
            </Autocomplete.Empty>
            <Autocomplete.List className="max-h-[50vh] overflow-auto p-2 empty:hidden">
              {(command: Command) => (
                <Autocomplete.Item
                  key={command.id}
                  value={command}
                  onClick={() => {
                    onClose()
                    command.run()
                  }}
                  className="flex h-10 cursor-pointer items-center gap-3 rounded-lg px-3 text-sm text-muted data-[highlighted]:bg-raised data-[highlighted]:text-ink"
                >
                  <command.icon className="size-4" aria-hidden="true" />
                  {command.label}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function useCommands(text: string): Command[] {
  const navigate = useNavigate()
  const signOut = useSayingSignOut()
  const { data: webhooks = [] } = useQuery(webhooksQuery)
  if (ID_PATTERN.test(text)) {
    const run = () => void navigate({ to: '/deliveries/$deliveryId', params: { deliveryId: text } })
    return [{ id: text, label: `Open the delivery ${text}`, icon: Send, run }]
  }
  return [
    ...NAV.flat().map(({ to, label, icon }) => ({
      id: to,
      label: `Go to ${label}`,
      icon,
      run: () => void navigate({ to }),
    })),
    ...webhooks.map(({ id, name }) => ({
      id,
      label: `Open the webhook ${name}`,
      icon: Webhook,
      run: () => void navigate({ to: '/webhooks/$webhookId', params: { webhookId: inAddress(name, id) } }),
    })),
    { id: 'new', label: 'Add a webhook', icon: ArrowRight, run: () => void navigate({ to: '/webhooks/new' }) },
    { id: 'light', label: 'Theme: light', icon: Sun, run: () => setTheme('light') },
    { id: 'dark', label: 'Theme: dark', icon: Moon, run: () => setTheme('dark') },
    { id: 'system', label: 'Theme: as the system', icon: SunMoon, run: () => setTheme('system') },
    { id: 'docs', label: 'API reference', icon: BookOpen, run: () => location.assign('/docs') },
    { id: 'out', label: 'Sign out', icon: LogOut, run: () => signOut.mutate() },
  ]
}
