import { isFiltered, RANGE_OPTIONS, type Range } from '../lib/range.ts'
import { ClearFilters, Filter } from './filter.tsx'

/** The part of an address that every list has. */
interface ListSearch {
  readonly range?: Range | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

/** One filter of a list by its name in the address. */
export interface ListFilter<Search> {
  readonly name: keyof Search & string
  readonly label: string
  /** What it is called when it lets all through. */
  readonly all: string
  readonly options: readonly (readonly [value: string, label: string])[]
}

/** The filters of a list and its time; each stands in the address, so that a link shows the same. */
export function ListFilters<Search extends ListSearch>({
  search,
  filters,
  onChange,
}: {
  readonly search: Search
  readonly filters: readonly ListFilter<Search>[]
  /** With all filters as they are then; without any: none. */
  readonly onChange: (search: Partial<Search>) => void
}) {
  return (
    <search aria-label="Filters" className="flex flex-wrap items-center gap-2">
      {filters.map(({ name, label, all, options }) => (
        <Filter
          key={name}
          id={`filter-${name}`}
          label={label}
          all={all}
          value={search[name] as string | undefined}
          options={options}
          onChange={(value) => onChange({ ...search, [name]: value })}
        />
      ))}
      <Filter
        label="Time"
        all={search.since || search.until ? 'Chosen range' : 'Any time'}
        value={search.range}
        options={RANGE_OPTIONS}
        onChange={(range) => onChange({ ...search, range, since: undefined, until: undefined })}
      />
      {isFiltered(search) && <ClearFilters onClear={() => onChange({})} />}
    </search>
  )
}
