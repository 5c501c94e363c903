import type { ReactNode } from 'react'
import { cx } from '../lib/class-names.ts'

/** A part of a page with a heading of its own. */
export function Card({
  title,
  hint,
  actions,
  children,
  className,
}: {
  readonly title?: ReactNode
  readonly hint?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}) {
  return (
    <section className={cx('rounded-xl border border-line bg-surface', className)}>
      {(title || actions) && (
        <header className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-5 py-3.5">
          <div>
            <h2 className="text-sm font-semibold">{title}</h2>
            {hint && <p className="mt-0.5 text-[13px] text-muted">{hint}</p>}
          </div>
          {actions && <div className="flex gap-2">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  )
}
