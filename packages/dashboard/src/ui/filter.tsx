import { X } from 'lucide-react'
import { Button } from './button.tsx'
import { Select } from './field.tsx'

/** Options of a filter, in the order of the values. */
export function pairs<Value extends string>(
  values: readonly Value[],
  labels: Readonly<Record<Value, string>>,
): (readonly [Value, string])[] {
  return values.map((value) => [value, labels[value]] as const)
}

/** One filter of a list; it stands out while it filters. */
export function Filter<Value extends string>({
  id,
  label,
  all,
  value,
  options,
  onChange,
}: {
  readonly id?: string
  readonly label: string
  readonly all: string
  readonly value: Value | undefined
  readonly options: readonly (readonly [value: Value, label: string])[]
  readonly onChange: (value: Value | undefined) => void
}) {
  // A value from a link that is no option (a removed webhook) is shown all the same: it is what the list is filtered by.
  const isKnown = value === undefined || options.some(([option]) => option === value)
  return (
    <Select
      id={id}
      aria-label={label}
      className={`h-8! w-auto! max-w-40 px-1.5! text-[13px] ${value === undefined ? 'text-muted!' : 'border-accent! font-medium'}`}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : (event.target.value as Value))}
    >
      <option value="">{all}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </Select>
  )
}

/** Shown while anything is filtered. */
export function ClearFilters({ onClear }: { readonly onClear: () => void }) {
  return (
    <Button look="quiet" size="sm" icon={<X className="size-3.5" />} onClick={onClear}>
      Clear filters
    </Button>
  )
}
