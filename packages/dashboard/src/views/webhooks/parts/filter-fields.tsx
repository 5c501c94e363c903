import { FINAL_JOB_STATUSES } from '@ringback/contract'
import type { ReactNode } from 'react'
import { useJobTypes } from '../../../api/account.ts'
import { Checkbox } from '../../../ui/toggle.tsx'
import { errorOf, type Rules } from './rules.ts'

const STATUS_LABELS = { success: 'Jobs that succeeded', failed: 'Jobs that failed' } as const

/** Which jobs a webhook is told of: by type and by end. */
export function FilterFields({
  rules,
  errors,
  onChange,
}: {
  readonly rules: Rules
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (change: Partial<Rules>) => void
}) {
  const types = useJobTypes()
  const isAll = rules.jobTypes === null
  return (
    <div className="grid gap-6 sm:grid-cols-2">
      <Group legend="Told of these job types" error={errorOf(errors, 'job_types')}>
        <Checkbox
          label="All job types"
          hint="Also those that come later."
          checked={isAll}
          onChange={(checked) => onChange({ jobTypes: checked ? null : [] })}
        />
      </Group>
      <Group legend="Told of these ends" error={errorOf(errors, 'job_statuses')}>
        <Boxes
          options={FINAL_JOB_STATUSES.map((status) => [status, STATUS_LABELS[status]])}
          chosen={rules.jobStatuses ?? FINAL_JOB_STATUSES}
          onChange={(chosen) => onChange({ jobStatuses: chosen.length === FINAL_JOB_STATUSES.length ? null : chosen })}
        />
      </Group>
      {!isAll && (
        <fieldset className="rounded-lg border border-line p-4 sm:col-span-2">
          <legend className="sr-only">Job types</legend>
          <div className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
            <Boxes
              options={types.map((type) => [type, type])}
              chosen={rules.jobTypes ?? []}
              onChange={(jobTypes) => onChange({ jobTypes })}
            />
          </div>
        </fieldset>
      )}
    </div>
  )
}

function Group({
  legend,
  error,
  children,
}: {
  readonly legend: string
  readonly error: string | undefined
  readonly children: ReactNode
}) {
  return (
    <fieldset>
      <legend className="mb-2.5 text-[13px] font-medium">{legend}</legend>
      <div className="flex flex-col gap-2">{children}</div>
      {error && (
        <p role="alert" className="mt-2 text-[13px] text-bad">
          The list {error}
        </p>
      )}
    </fieldset>
  )
}

function Boxes<Value extends string>({
  options,
  chosen,
  onChange,
}: {
  readonly options: readonly (readonly [value: Value, label: string])[]
  readonly chosen: readonly Value[]
  readonly onChange: (chosen: readonly Value[]) => void
}) {
  const values = options.map(([value]) => value)
  return options.map(([value, label]) => (
    <Checkbox
      key={value}
      label={label}
      checked={chosen.includes(value)}
      onChange={(isChosen) => onChange(values.filter((one) => (one === value ? isChosen : chosen.includes(one))))}
    />
  ))
}
