import { CircleAlert, FilterX, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy.tsx'

/** In place of rows that are not there: why, and what to do. An error is never shown as this. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  readonly icon: LucideIcon
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className="flex flex-col items-center px-6 py-14 text-center">
      <div className="mb-4 flex size-11 items-center justify-center rounded-xl border border-line bg-raised text-muted">
        <Icon className="size-5" aria-hidden="true" />
      </div>
      <h2 className="text-[15px] font-semibold">{title}</h2>
      {children && <div className="mt-1.5 max-w-lg text-sm leading-6 text-muted">{children}</div>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

/** What went wrong, in the server's words, and what to do about it. */
export function ErrorState({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const known = error instanceof ApiError ? error : null
  return (
    <div role="alert" className="flex gap-3 rounded-xl border border-line bg-bad-soft px-5 py-4">
      <CircleAlert className="mt-0.5 size-4.5 shrink-0 text-bad" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-semibold">{known?.title ?? 'Something went wrong here'}</p>
        <p className="mt-0.5 text-sm leading-6 text-muted">{error.message}</p>
        <div className="mt-3 flex flex-wrap items-center gap-2">
          {onRetry && (
            <Button size="sm" onClick={onRetry}>
              Try again
            </Button>
          )}
          {known?.requestId && <CopyButton size="sm" text={known.requestId} label="Copy request id" />}
        </div>
      </div>
    </div>
  )
}

/** One line about an error, for forms. */
export function FormError({ error }: { readonly error: Error | null }) {
  if (error === null) return null
  const hasFields = error instanceof ApiError && Object.keys(error.fields).length > 0
  return (
    <p role="alert" className="text-[13px] leading-5 text-bad">
      {hasFields ? 'Not done: see the fields above.' : error.message}
    </p>
  )
}

/** Holds the place of text that is on its way. */
export function Skeleton({ className }: { readonly className: string }) {
  return <span aria-hidden="true" className={`skeleton block ${className}`} />
}

/** Holds the place of a row with an icon and two lines, in a list of what an account has. */
export function RowSkeleton() {
  return (
    <li className="flex items-center gap-4 px-5 py-4" aria-busy="true">
      <Skeleton className="size-9" />
      <div className="flex flex-1 flex-col gap-2">
        <Skeleton className="h-4 w-40" />
        <Skeleton className="h-3.5 w-72 max-w-full" />
      </div>
    </li>
  )
}

/** Filters let nothing through; `clear` is a link to the list without them. */
export function NothingMatches({ clear, children }: { readonly clear: ReactNode; readonly children: ReactNode }) {
  return (
    <EmptyState icon={FilterX} title="Nothing matches these filters" action={clear}>
      {children}
    </EmptyState>
  )
}
