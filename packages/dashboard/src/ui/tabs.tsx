import { Tabs as Base } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'

export interface Tab {
  readonly id: string
  readonly label: ReactNode
  readonly content: ReactNode
}

/** Several forms of one thing, one at a time. */
export function Tabs({ tabs, label }: { readonly tabs: readonly Tab[]; readonly label: string }) {
  return (
    <Base.Root defaultValue={tabs[0]?.id ?? ''}>
      <Base.List aria-label={label} className="mb-3 flex gap-1 overflow-x-auto rounded-lg bg-raised p-1">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.id}
            value={tab.id}
            className="flex-1 rounded-md px-3 py-1 text-[13px] font-medium whitespace-nowrap text-muted hover:text-ink data-[active]:bg-surface data-[active]:text-ink data-[active]:shadow-sm"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.id} value={tab.id}>
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
