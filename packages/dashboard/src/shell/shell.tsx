import { useQuery } from '@tanstack/react-query'
import { Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { accountQuery } from '../api/account.ts'
import { ApiError } from '../api/client.ts'
import { session } from '../api/status.ts'
import { useShortcuts } from '../lib/keyboard.ts'
import { useStore } from '../lib/store.ts'
import { ErrorState, Skeleton } from '../ui/states.tsx'
import { SignInView } from '../views/sign-in/sign-in-view.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { NAV } from './nav.ts'
import { SessionEnded } from './session-ended.tsx'
import { Sidebar } from './sidebar.tsx'
import { TopBar } from './top-bar.tsx'

const Palette = lazy(() => import('./palette.tsx').then(({ Palette }) => ({ default: Palette })))
const Help = lazy(() => import('./help.tsx').then(({ Help }) => ({ default: Help })))

/** What is around every view, for those who are signed in; the others sign in at the address they came to. */
export function Shell() {
  const state = useStore(session)
  // Whoever comes back to this tab may have signed in in another one: when the session had ended, or to another account.
  const account = useQuery({ ...accountQuery, enabled: state !== 'out', refetchOnWindowFocus: 'always' })
  const signedOut = account.error instanceof ApiError && account.error.kind === 'session'
  useEffect(() => {
    if (account.data && session.get() === 'unknown') session.set('in')
  }, [account.data])

  useOneAccount(account.data?.id)

  if (state === 'out' || (state !== 'ended' && signedOut)) return <SignInView />
  if (account.error && !account.data && !signedOut) {
    return (
      <main className="mx-auto max-w-xl p-8">
        <h1 className="mb-4 text-lg font-semibold">The dashboard cannot show anything yet</h1>
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      </main>
    )
  }
  return <Frame accountName={account.data?.name} ended={state === 'ended'} />
}

/** In another tab somebody may sign in to another account: nothing of the one before may stay, and be taken for its own. */
function useOneAccount(accountId: string | undefined) {
  const first = useRef(accountId)
  useEffect(() => {
    first.current ??= accountId
    if (accountId !== undefined && first.current !== accountId) location.reload()
  }, [accountId])
}

function Frame({ accountName, ended }: { readonly accountName: string | undefined; readonly ended: boolean }) {
  const [open, setOpen] = useState<'palette' | 'help' | 'menu' | null>(null)
  const navigate = useNavigate()
  const close = () => setOpen(null)
  useShortcuts({
    'mod+k': { text: 'Command palette', run: () => setOpen('palette') },
    '?': { text: 'These shortcuts', run: () => setOpen('help') },
    ...Object.fromEntries(
      NAV.flat().map(({ to, label, key }) => [
        `g ${key}`,
        { text: `Go to ${label}`, run: () => void navigate({ to }) },
      ]),
    ),
  })
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <Sidebar accountName={accountName} onPalette={() => setOpen('palette')} onHelp={() => setOpen('help')} />
      <div className="min-w-0">
        <TopBar onMenu={() => setOpen('palette')} />
        <ConnectionBanner />
        {accountName === undefined ? <PageSkeleton /> : <Outlet />}
      </div>
      <Suspense>
        {open === 'palette' && <Palette onClose={close} />}
        {open === 'help' && <Help onClose={close} />}
      </Suspense>
      {ended && <SessionEnded />}
    </div>
  )
}

function PageSkeleton() {
  return (
    <main className="mx-auto flex max-w-6xl flex-col gap-6 px-4 py-6 sm:px-8 sm:py-9" aria-busy="true">
      <h1 className="sr-only">Loading</h1>
      <Skeleton className="h-8 w-44" />
      <Skeleton className="h-64 w-full" />
    </main>
  )
}
