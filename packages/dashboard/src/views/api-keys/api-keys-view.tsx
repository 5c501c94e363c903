import type { ApiKey } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useRef, useState } from 'react'
import { apiKeysQuery } from '../../api/api-keys.ts'
import { formatCount } from '../../lib/format.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Exact } from '../../ui/exact.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorState, RowSkeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { NewKeyDialog } from './new-key-dialog.tsx'
import { RevokeDialog } from './revoke-dialog.tsx'
import { scopesInWords } from './scope-labels.ts'

/** Rows that one press of the button shows. */
const SHOWN_STEP = 50

/** The keys that programs use; each is shown once, when it is made. */
export function ApiKeysView() {
  const apiKeys = useQuery(apiKeysQuery)
  const [isAdding, setAdding] = useState(false)
  const [shownMax, setShownMax] = useState(SHOWN_STEP)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const list = useRef<HTMLUListElement>(null)
  return (
    <Page
      title="API keys"
      hint="What programs sign in with. Give each program its own, so that one can be revoked alone."
      actions={
        <Button look="primary" icon={<Plus className="size-4" />} onClick={() => setAdding(true)}>
          Create a key
        </Button>
      }
    >
      {apiKeys.error && !apiKeys.data ? (
        <ErrorState error={apiKeys.error} onRetry={() => void apiKeys.refetch()} />
      ) : (
        <Card>
          {apiKeys.data?.length === 0 && (
            <EmptyState icon={KeyRound} title="No key yet">
              Create one for the first program that posts jobs.
            </EmptyState>
          )}
          <ul ref={list} tabIndex={-1} aria-label="API keys" className="divide-y divide-line outline-none">
            {apiKeys.data
              ?.slice(0, shownMax)
              .map((apiKey) => <Row key={apiKey.id} apiKey={apiKey} onRevoke={() => setRevoking(apiKey)} />) ?? (
              <RowSkeleton />
            )}
          </ul>
          {apiKeys.data && apiKeys.data.length > shownMax && (
            <div className="flex justify-center border-t border-line p-3">
              <Button look="quiet" size="sm" onClick={() => setShownMax(shownMax + SHOWN_STEP)}>
                Show more of {formatCount(apiKeys.data.length)}
              </Button>
            </div>
          )}
        </Card>
      )}
      {isAdding && <NewKeyDialog onClose={() => setAdding(false)} />}
      {revoking && <RevokeDialog apiKey={revoking} list={list} onClose={() => setRevoking(null)} />}
    </Page>
  )
}

function Row({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const { name, prefix, scopes, created_at: createdAt, revoked_at: revokedAt } = apiKey
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 px-5 py-4">
      <div className="flex size-9 items-center justify-center rounded-lg bg-raised text-muted">
        <KeyRound className="size-4" aria-hidden="true" />
      </div>
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 text-sm font-medium">
          <span className="truncate">
            <Exact text={name} />
          </span>
          {revokedAt !== null && <Badge tone="idle">Revoked</Badge>}
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          <span className="font-mono text-[12.5px]">{prefix}…</span> · {scopesInWords(scopes)} · created{' '}
          <Time iso={createdAt} />
          {revokedAt !== null && (
            <>
              {' '}
              · revoked <Time iso={revokedAt} />
            </>
          )}
        </p>
      </div>
      {revokedAt === null && (
        <Button size="sm" look="danger" aria-label={`Revoke ${name}`} onClick={onRevoke}>
          Revoke
        </Button>
      )}
    </li>
  )
}
