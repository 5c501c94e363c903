import { FORM_PARAMETER_TYPES, type InputMode, JSON_PARAMETER_TYPES, type ParameterType } from '@ringback/contract'
import type { ReactNode } from 'react'
import { Input, Select } from '../../ui/field.tsx'
import { AddRow, RemoveRow } from '../../ui/row-buttons.tsx'
import { Checkbox } from '../../ui/toggle.tsx'
import { errorAt, type ParameterRow } from './draft.ts'

const TYPE_LABELS: Readonly<Record<ParameterType, string>> = {
  json_string: 'Text',
  json_number: 'Number',
  json_boolean: 'Yes or no',
  json_object: 'JSON object',
  json_array: 'JSON array',
  form_data_text: 'Text',
  form_data_file: 'File',
}

export function typesOf(mode: InputMode): readonly ParameterType[] {
  return mode === 'application/json' ? JSON_PARAMETER_TYPES : FORM_PARAMETER_TYPES
}

/** What a workflow takes: one row a parameter. */
export function ParameterFields({
  rows,
  mode,
  errors,
  onChange,
}: {
  readonly rows: readonly ParameterRow[]
  readonly mode: InputMode
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (rows: readonly ParameterRow[]) => void
}) {
  const set = (index: number, change: Partial<ParameterRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  const [type = 'json_string'] = typesOf(mode)
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2.5 text-[13px] font-medium">Parameters</legend>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its key is being typed
        <Row key={index} row={row} place={index} mode={mode} errors={errors} onChange={(change) => set(index, change)}>
          <RemoveRow
            label={`Remove parameter ${index + 1}`}
            onClick={() => onChange(rows.filter((_, at) => at !== index))}
          />
        </Row>
      ))}
      {errors.parameters && (
        <p role="alert" className="text-[13px] text-bad">
          The list {errors.parameters}
        </p>
      )}
      <AddRow
        label="Add parameter"
        onClick={() => onChange([...rows, { key: '', label: '', type, required: false, preset: '' }])}
      />
    </fieldset>
  )
}

function Row({
  row,
  place,
  mode,
  errors,
  onChange,
  children,
}: {
  readonly row: ParameterRow
  readonly place: number
  readonly mode: InputMode
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (change: Partial<ParameterRow>) => void
  readonly children: ReactNode
}) {
  const error = errorAt(errors, `parameters.${place}`)
  const label = (what: string) => `${what} of parameter ${place + 1}`
  const types = typesOf(mode)
  return (
    <div className="rounded-lg border border-line p-3">
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-[minmax(0,3fr)_minmax(0,4fr)_minmax(0,3fr)]">
        <Input
          aria-label={label('Key')}
          aria-invalid={error ? true : undefined}
          placeholder="text"
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-[13px]"
          value={row.key}
          onChange={(event) => onChange({ key: event.target.value })}
        />
        <Input
          aria-label={label('Label')}
          placeholder="For people"
          value={row.label}
          onChange={(event) => onChange({ label: event.target.value })}
        />
        <Select
          className="max-sm:col-span-2"
          aria-label={label('Type')}
          value={row.type}
          onChange={(event) => onChange({ type: event.target.value as ParameterType })}
        >
          {(types.includes(row.type) ? types : [row.type, ...types]).map((type) => (
            <option key={type} value={type}>
              {TYPE_LABELS[type]}
            </option>
          ))}
        </Select>
      </div>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <Checkbox label="Required" checked={row.required} onChange={(required) => onChange({ required })} />
        {!row.required && (
          <Input
            aria-label={label('Default')}
            placeholder="Default: none"
            className="h-8! w-56! text-[13px]"
            value={row.preset}
            onChange={(event) => onChange({ preset: event.target.value })}
          />
        )}
        <span className="ml-auto">{children}</span>
      </div>
      {error && (
        <p role="alert" className="mt-2 text-[13px] text-bad">
          Parameter {place + 1} {error}
        </p>
      )}
    </div>
  )
}
