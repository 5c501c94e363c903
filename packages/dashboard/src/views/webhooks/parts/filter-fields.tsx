import { FINAL_JOB_STATUSES } from '@ringback/contract'
import { useJobTypes } from '../../../api/account.ts'
import { Checkbox } from '../../../ui/toggle.tsx'
import type { Rules } from './rules.ts'
import { errorOf } from './rules-form.tsx'

const STATUS_LABELS = { success: 'Jobs that succeeded', failed: 'Jobs that failed' } as const

/** Which jobs a webhook is told of. All boxes checked means all, also of types that come later. */
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
  return (
    <div className="grid gap-6 sm:grid-cols-2">
      <Choices
        legend="Told of these job types"
        options={types.map((type) => [type, type])}
        chosen={rules.jobTypes}
        error={errorOf(errors, 'job_types')}
        onChange={(jobTypes) => onChange({ jobTypes })}
      />
      <Choices
        legend="Told of these ends"
        options={FINAL_JOB_STATUSES.map((status) => [status, STATUS_LABELS[status]])}
        chosen={rules.jobStatuses}
        error={errorOf(errors, 'job_statuses')}
        onChange={(jobStatuses) => onChange({ jobStatuses })}
      />
    </div>
  )
}

function Choices<Value extends string>({
  legend,
  options,
  chosen,
  error,
  onChange,
}: {
  readonly legend: string
  readonly options: readonly (readonly [value: Value, label: string])[]
  readonly chosen: readonly Value[] | null
  readonly error: string | undefined
  readonly onChange: (chosen: readonly Value[] | null) => void
}) {
  const all = options.map(([value]) => value)
  function toggle(value: Value, isChosen: boolean) {
    const next = all.filter((one) => (one === value ? isChosen : (chosen ?? all).includes(one)))
    onChange(next.length === all.length ? null : next)
  }
  return (
    <fieldset>
      <legend className="mb-2.5 text-[13px] font-medium">{legend}</legend>
      <div className="flex flex-col gap-2">
        {options.map(([value, label]) => (
          <Checkbox
            key={value}
            label={label}
            checked={chosen === null || chosen.includes(value)}
            onChange={(isChosen) => toggle(value, isChosen)}
          />
        ))}
      </div>
      {error && (
        <p role="alert" className="mt-2 text-[13px] text-bad">
          The list {error}
        </p>
      )}
    </fieldset>
  )
}
