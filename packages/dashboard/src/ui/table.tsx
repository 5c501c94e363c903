import { cx } from '../lib/class-names.ts'

/** A heading; numbers stand on the right. */
export type Column = string | { readonly name: string; readonly right?: boolean; readonly className?: string }

/** The headings of a table. `wide` is for tables in cards, whose cells begin where the title of the card does. */
export function TableHead({
  columns,
  wide = false,
  className,
}: {
  readonly columns: readonly Column[]
  readonly wide?: boolean
  readonly className?: string
}) {
  return (
    <thead className={className}>
      <tr
        className={cx(
          'h-9 border-b border-line text-xs text-muted [&>th]:font-medium',
          wide ? WIDE_CELLS : USUAL_CELLS,
        )}
      >
        {columns.map((column) => {
          const { name, right = false, className: own } = typeof column === 'string' ? { name: column } : column
          return (
            <th key={name} scope="col" className={cx(right && 'text-right', own)}>
              {name}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

const USUAL_CELLS = '[&>th]:px-4'
const WIDE_CELLS = '[&>th]:px-5'

/** A row of a list that is a link; on a phone its cells stand in two columns below each other. */
export const LINK_ROW =
  'relative transition-colors hover:bg-raised has-[a:focus-visible]:bg-raised max-md:grid max-md:grid-cols-[1fr_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3 md:h-12 md:[&>td]:px-4'
