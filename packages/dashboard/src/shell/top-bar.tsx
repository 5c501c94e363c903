import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { Logo } from '../ui/logo.tsx'
import { NAV } from './nav.ts'
import { ThemeSwitch } from './theme-switch.tsx'

/** The way around on narrow screens. */
export function TopBar({ onMenu }: { readonly onMenu: () => void }) {
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-surface md:hidden">
      <div className="flex h-13 items-center justify-between px-4">
        <Logo />
        <div className="flex items-center">
          <ThemeSwitch />
          <Button
            look="quiet"
            size="icon"
            aria-label="Find or go to"
            icon={<Search className="size-4" />}
            onClick={onMenu}
          />
        </div>
      </div>
      <nav aria-label="Views" className="flex gap-1 overflow-x-auto px-3 pb-2">
        {NAV.flat().map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            className="rounded-md px-2.5 py-1 text-[13px] whitespace-nowrap text-muted"
            activeProps={{ className: 'bg-raised font-medium text-ink', 'aria-current': 'page' }}
            activeOptions={{ includeSearch: false }}
          >
            {label}
          </Link>
        ))}
      </nav>
    </header>
  )
}
