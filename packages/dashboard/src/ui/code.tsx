import type { ReactNode } from 'react'
import { cx } from '../lib/class-names.ts'
import { CopyButton } from './copy.tsx'
import { Exact } from './exact.tsx'

/** Longest text that is put on the page; what is copied is always the whole. */
const SHOWN_LENGTH_MAX = 128 * 1024

/**
 * Text exactly as it is, to read and to copy. It is never parsed and written again: numbers of any size and the order of
 * keys stay.
 */
export function Code({
  text,
  label,
  wrap = true,
  className,
  children,
}: {
  readonly text: string
  readonly label: string
  readonly wrap?: boolean
  readonly className?: string
  /** Instead of the text, when it is shown with marks. */
  readonly children?: ReactNode
}) {
  const isCut = text.length > SHOWN_LENGTH_MAX
  return (
    <div className={cx('group relative rounded-lg border border-line bg-canvas', className)}>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        tabIndex={0}
        className={cx(
          'max-h-96 overflow-auto rounded-lg py-3 pr-12 pl-4 font-mono text-[12.5px] leading-[1.65]',
          wrap ? 'wrap-anywhere whitespace-pre-wrap' : 'whitespace-pre',
        )}
      >
        {children ?? <Exact text={isCut ? text.slice(0, SHOWN_LENGTH_MAX) : text} />}
      </section>
      {isCut && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          The first {SHOWN_LENGTH_MAX / 1024} KiB of {Math.ceil(text.length / 1024)} KiB. Copying takes all of it.
        </p>
      )}
      <div className="absolute top-1.5 right-1.5 rounded-md bg-canvas">
        <CopyButton text={text} iconOnly label={`Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  )
}
