import { type ReactNode, useEffect } from 'react'

/** The frame of a view: its one h1, what it is about, and what can be done. Sets the title of the tab. */
export function Page({
  title,
  hint,
  badge,
  actions,
  children,
}: {
  readonly title: string
  readonly hint?: ReactNode
  readonly badge?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Ringback`
  }, [title])
  return (
    <main id="content" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-4 py-6 sm:px-8 sm:py-9" tabIndex={-1}>
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="truncate text-[22px] leading-8 font-semibold tracking-tight">{title}</h1>
            {badge}
          </div>
          {hint && <div className="mt-0.5 max-w-2xl text-sm leading-6 text-muted">{hint}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </main>
  )
}
