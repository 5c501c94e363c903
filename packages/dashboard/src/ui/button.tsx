import type { ComponentProps, ReactNode } from 'react'
import { cx } from '../lib/class-names.ts'

const LOOKS = {
  primary: 'bg-primary text-on-primary hover:bg-primary-hover disabled:bg-raised disabled:text-faint',
  secondary:
    'border border-line-strong bg-surface text-ink hover:bg-hover disabled:text-faint disabled:hover:bg-surface',
  quiet: 'text-muted hover:bg-hover hover:text-ink disabled:text-faint',
  danger: 'border border-line-strong bg-surface text-bad hover:border-bad hover:bg-bad-soft disabled:text-faint',
} as const

const SIZES = {
  md: 'h-9 gap-2 px-3.5 text-sm',
  sm: 'h-8 gap-1.5 px-2.5 text-[13px]',
  icon: 'size-8 justify-center',
} as const

const SHAPE =
  'inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap select-none transition-colors duration-100 disabled:cursor-not-allowed'

interface Look {
  readonly look?: keyof typeof LOOKS
  readonly size?: keyof typeof SIZES
}

/** The class names of a button, for links that look like one. */
export function buttonClass({ look = 'secondary', size = 'md' }: Look = {}): string {
  return cx(SHAPE, LOOKS[look], SIZES[size])
}

/** A button; while `busy` it cannot be pressed, keeps its width, and says so to screen readers. */
export function Button({
  look,
  size,
  busy = false,
  icon,
  className,
  children,
  disabled,
  type = 'button',
  ...props
}: ComponentProps<'button'> & Look & { readonly busy?: boolean; readonly icon?: ReactNode }) {
  return (
    <button
      {...props}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(buttonClass({ ...(look && { look }), ...(size && { size }) }), className)}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  )
}

function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="size-3.5 animate-spin rounded-full border-2 border-current border-r-transparent opacity-70"
    />
  )
}
