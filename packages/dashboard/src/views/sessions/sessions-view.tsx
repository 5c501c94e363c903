import type { Session } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Link as LinkIcon } from 'lucide-react'
import { sessionsQuery, useEndSession } from '../../api/sessions.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Page } from '../../ui/page.tsx'
import { ErrorState, RowSkeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { useSayingSignOut } from '../sign-out.ts'
import { browserName } from './browser-name.ts'

/** The browsers that are signed in, each of which can be signed out. */
export function SessionsView() {
  const sessions = useQuery(sessionsQuery)
  return (
    <Page
      title="Sessions"
      hint="Browsers that are signed in to this account. A session ends after 12 hours without use, after 14 days, or when the API key that began it is revoked."
    >
      {sessions.error ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : (
        <Card>
          <ul className="divide-y divide-line">
            {sessions.data?.map((session) => <Row key={session.id} session={session} />) ?? <RowSkeleton />}
          </ul>
        </Card>
      )}
    </Page>
  )
}

function Row({ session }: { readonly session: Session }) {
  const end = useEndSession()
  const signOut = useSayingSignOut()
  const Icon = session.begun_with === 'link' ? LinkIcon : KeyRound
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4">
      <div className="flex size-9 items-center justify-center rounded-lg bg-raised text-muted">
        <Icon className="size-4" aria-hidden="true" />
      </div>
      <div className="min-w-0 flex-[1_1_13rem]">
        <p className="flex items-center gap-2 text-sm font-medium">
          <span className="truncate" title={session.user_agent ?? undefined}>
            {browserName(session.user_agent)}
          </span>
          {session.current && <Badge tone="ok">This browser</Badge>}
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          {session.address ?? 'unknown address'} · signed in <Time iso={session.created_at} /> with{' '}
          {session.begun_with === 'link' ? 'a one-time link' : 'an API key'} · last used <Time iso={session.seen_at} />
        </p>
      </div>
      {session.current ? (
        <Button size="sm" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      ) : (
        <Button
          size="sm"
          look="danger"
          busy={end.isPending}
          onClick={() =>
            end.mutate(session.id, {
              onSuccess: () => toast('The other browser has been signed out.'),
              onError: (error) => toast(error.message, 'bad'),
            })
          }
        >
          Sign out this browser
        </Button>
      )}
    </li>
  )
}
