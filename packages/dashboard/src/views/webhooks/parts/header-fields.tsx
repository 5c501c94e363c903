import { Input } from '../../../ui/field.tsx'
import { AddRow, RemoveRow } from '../../../ui/row-buttons.tsx'
import { Checkbox } from '../../../ui/toggle.tsx'
import type { HeaderRow } from './rules.ts'

const EMPTY: HeaderRow = { name: '', value: '', secret: false }

/** What is wrong with a header: by its place in this form, or by its name, which the server knows it by. */
function errorAt(errors: Readonly<Record<string, string>>, index: number, name: string): string | undefined {
  const byName = `headers.${name}`
  const own = errors[`headers.${index}`] ?? (name === '' ? undefined : errors[byName])
  return own ?? Object.entries(errors).find(([field]) => name !== '' && field.startsWith(`${byName}.`))?.[1]
}

/** Headers of the customer's own, sent with each attempt; secret ones are stored sealed and come back masked. */
export function HeaderFields({
  headers,
  errors,
  onChange,
}: {
  readonly headers: readonly HeaderRow[]
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (headers: readonly HeaderRow[]) => void
}) {
  const set = (index: number, change: Partial<HeaderRow>) =>
    onChange(headers.map((row, at) => (at === index ? { ...row, ...change } : row)))
  return (
    <fieldset>
      <legend className="mb-2.5 text-[13px] font-medium">Custom headers</legend>
      <div className="flex flex-col gap-2">
        {headers.map((row, index) => {
          const error = errorAt(errors, index, row.name.trim())
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its name is being typed
            <div key={index}>
              <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto_auto] items-center gap-2">
                <Input
                  aria-label={`Name of header ${index + 1}`}
                  aria-invalid={error ? true : undefined}
                  placeholder="X-Environment"
                  className="font-mono text-[13px]"
                  value={row.name}
                  onChange={(event) => set(index, { name: event.target.value })}
                />
                <Input
                  aria-label={`Value of header ${index + 1}`}
                  placeholder="production"
                  className="font-mono text-[13px]"
                  value={row.value}
                  onChange={(event) => set(index, { value: event.target.value })}
                />
                <Checkbox label="Secret" checked={row.secret} onChange={(secret) => set(index, { secret })} />
                <RemoveRow
                  label={`Remove header ${index + 1}`}
                  onClick={() => onChange(headers.filter((_, at) => at !== index))}
                />
              </div>
              {error && (
                <p role="alert" className="mt-1 text-[13px] text-bad">
                  {row.name.trim() || 'The header'} {error}
                </p>
              )}
            </div>
          )
        })}
        {errors.headers && (
          <p role="alert" className="text-[13px] text-bad">
            The headers {errors.headers}
          </p>
        )}
        <AddRow label="Add header" onClick={() => onChange([...headers, EMPTY])} />
      </div>
    </fieldset>
  )
}
