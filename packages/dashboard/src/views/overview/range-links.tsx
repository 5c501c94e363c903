import { Link } from '@tanstack/react-router'
import { cx } from '../../lib/class-names.ts'
import { RANGE_OPTIONS, type Range } from '../../lib/range.ts'

/** How far back the page looks, in its address. */
export function RangeLinks({ range }: { readonly range: Range }) {
  return (
    <nav aria-label="Range" className="flex gap-1 rounded-lg bg-raised p-1">
      {RANGE_OPTIONS.map(([value, label]) => (
        <Link
          key={value}
          to="/overview"
          search={{ range: value }}
          replace
          title={label}
          aria-current={value === range ? 'page' : undefined}
          className={cx(
            'nums rounded-md px-3 py-1 text-[13px] font-medium whitespace-nowrap',
            value === range ? 'bg-surface text-ink shadow-sm' : 'text-muted hover:text-ink',
          )}
        >
          <span className="sr-only">Last </span>
          {value.replace(/(\d+)/, '$1 ')}
        </Link>
      ))}
    </nav>
  )
}
