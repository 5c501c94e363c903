import { Checkbox as BaseCheckbox } from '@base-ui/react/checkbox'
import { Switch as BaseSwitch } from '@base-ui/react/switch'
import { Check } from 'lucide-react'
import { type ReactNode, type Ref, useId } from 'react'

interface ToggleProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly checked: boolean
  readonly disabled?: boolean
  readonly onChange: (checked: boolean) => void
}

/** Something that is on or off at once. */
export function Switch({
  label,
  hint,
  checked,
  disabled,
  onChange,
  ref,
}: ToggleProps & { readonly ref?: Ref<HTMLElement> }) {
  const id = useId()
  return (
    <div className="flex items-start justify-between gap-6">
      <ToggleText id={id} label={label} hint={hint} className="text-sm font-medium" />
      <BaseSwitch.Root
        ref={ref}
        id={id}
        aria-describedby={hint ? hintIdOf(id) : undefined}
        checked={checked}
        disabled={disabled ?? false}
        onCheckedChange={onChange}
        className="relative mt-0.5 h-6 w-10 shrink-0 rounded-full bg-faint transition-colors data-[checked]:bg-accent data-[disabled]:opacity-50"
      >
        <BaseSwitch.Thumb className="block size-5 translate-x-0.5 rounded-full bg-surface shadow-sm transition-transform data-[checked]:translate-x-[18px]" />
      </BaseSwitch.Root>
    </div>
  )
}

/** A choice among others. */
export function Checkbox({ label, hint, checked, disabled, onChange }: ToggleProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5">
      <BaseCheckbox.Root
        id={id}
        aria-describedby={hint ? hintIdOf(id) : undefined}
        checked={checked}
        disabled={disabled ?? false}
        onCheckedChange={onChange}
        className="mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded border border-line-strong bg-surface transition-colors hover:border-faint data-[checked]:border-accent data-[checked]:bg-accent data-[disabled]:opacity-50"
      >
        <BaseCheckbox.Indicator className="text-surface">
          <Check className="size-3.5" strokeWidth={3} />
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      <ToggleText id={id} label={label} hint={hint} className="text-sm" />
    </div>
  )
}

const hintIdOf = (id: string) => `${id}-hint`

/** The label of the control with this id, and the hint below it. */
function ToggleText({
  id,
  label,
  hint,
  className,
}: Pick<ToggleProps, 'label' | 'hint'> & { readonly id: string; readonly className: string }) {
  return (
    <div>
      <label htmlFor={id} className={className}>
        {label}
      </label>
      {hint && (
        <p id={hintIdOf(id)} className="mt-0.5 text-[13px] leading-5 text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}
