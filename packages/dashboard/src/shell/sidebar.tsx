import { Link } from '@tanstack/react-router'
import { BookOpen, Keyboard, LogOut, Search } from 'lucide-react'
import { Button, buttonClass } from '../ui/button.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Logo } from '../ui/logo.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useSayingSignOut } from '../views/sign-out.ts'
import { NAV, type NavItem } from './nav.ts'
import { ThemeSwitch } from './theme-switch.tsx'

interface Props {
  readonly accountName: string | undefined
  readonly onPalette: () => void
  readonly onHelp: () => void
}

/** The way around, on screens that have the room for it. */
export function Sidebar({ accountName, onPalette, onHelp }: Props) {
  const signOut = useSayingSignOut()
  return (
    <aside
      aria-label="Ringback"
      className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface px-3 py-4 md:flex"
    >
      <div className="px-2">
        <Logo />
      </div>
      <button
        type="button"
        onClick={onPalette}
        className="mt-5 flex h-9 items-center gap-2 rounded-md border border-line bg-canvas px-2.5 text-[13px] text-muted transition-colors hover:border-line-strong hover:text-ink"
      >
        <Search className="size-3.5" aria-hidden="true" />
        <span className="flex-1 text-left">Find or go to</span>
        <Kbd>{MOD} K</Kbd>
      </button>
      <nav aria-label="Views" className="mt-5 flex flex-1 flex-col gap-5 overflow-y-auto">
        {NAV.map((group) => (
          <ul key={group[0]?.to} className="flex flex-col gap-0.5">
            {group.map((item) => (
              <li key={item.to}>
                <NavLink item={item} />
              </li>
            ))}
          </ul>
        ))}
      </nav>
      <div className="flex flex-col gap-1 border-t border-line pt-3">
        <a href="/docs" className={`${buttonClass({ look: 'quiet', size: 'sm' })} justify-start`}>
          <BookOpen className="size-4" aria-hidden="true" /> API reference
        </a>
        <Button
          look="quiet"
          size="sm"
          className="justify-start"
          icon={<Keyboard className="size-4" />}
          onClick={onHelp}
        >
          Shortcuts
        </Button>
        <div className="mt-1 flex items-center justify-between gap-2 pl-2.5">
          <span className="min-w-0 truncate text-[13px] font-medium" title="The account">
            {accountName ?? <Skeleton className="h-4 w-20" />}
          </span>
          <div className="flex items-center">
            <ThemeSwitch />
            <Button
              look="quiet"
              size="icon"
              aria-label="Sign out"
              title="Sign out"
              busy={signOut.isPending}
              icon={<LogOut className="size-4" />}
              onClick={() => signOut.mutate()}
            />
          </div>
        </div>
      </div>
    </aside>
  )
}

const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

function NavLink({ item: { to, label, icon: Icon } }: { readonly item: NavItem }) {
  return (
    <Link
      to={to}
      className="group flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm text-muted transition-colors hover:bg-hover hover:text-ink"
      activeProps={{ className: 'bg-raised font-medium text-ink', 'aria-current': 'page' }}
      activeOptions={{ includeSearch: false }}
    >
      <Icon className="size-4" aria-hidden="true" />
      {label}
    </Link>
  )
}
