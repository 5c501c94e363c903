import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from '../lib/class-names.ts'

const INPUT_CLASS =
  'w-full rounded-md border border-line-strong bg-surface px-3 text-sm text-ink shadow-[inset_0_1px_1px_#00000008] transition-colors hover:border-faint focus-visible:border-accent focus-visible:outline-2 focus-visible:-outline-offset-1 focus-visible:outline-accent disabled:bg-raised disabled:text-faint aria-invalid:border-bad'

/** What a control needs to be joined to its label, hint and error. */
export interface ControlProps {
  readonly id: string
  readonly 'aria-describedby': string
  readonly 'aria-invalid': boolean | undefined
}

/** A label, a control, what it is for, and what is wrong with it: beside the field, in the server's words. */
export function Field({
  label,
  hint,
  error,
  action,
  children,
}: {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
  /** Beside the label: what fills the field. */
  readonly action?: ReactNode
  readonly children: (control: ControlProps) => ReactNode
}) {
  const id = useId()
  const textId = `${id}-text`
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex min-h-6 items-center justify-between gap-3">
        <label htmlFor={id} className="min-w-0 text-[13px] font-medium wrap-anywhere text-ink">
          {label}
        </label>
        {action}
      </div>
      {children({ id, 'aria-describedby': textId, 'aria-invalid': error === undefined ? undefined : true })}
      <div id={textId} className="text-[13px] leading-5 wrap-anywhere text-muted">
        {error !== undefined && (
          <p role="alert" className="text-bad">
            {capitalise(label)} {error}
          </p>
        )}
        {hint}
      </div>
    </div>
  )
}

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input {...props} className={cx(INPUT_CLASS, 'h-9', className)} />
}

export function TextArea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea {...props} className={cx(INPUT_CLASS, 'resize-y py-2 leading-6', className)} />
}

export function Select({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <select {...props} className={cx(INPUT_CLASS, 'h-9 pr-8', className)}>
      {children}
    </select>
  )
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
