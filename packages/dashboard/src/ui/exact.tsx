import { useMemo } from 'react'
import { splitHidden } from '../lib/hidden.ts'

/**
 * Text of somebody else. Characters that would not be seen, or would show what follows in another order, are marked and
 * have no effect beyond themselves; they stay in the text, so what is selected and copied is what it is.
 */
export function Exact({ text }: { readonly text: string }) {
  const pieces = useMemo(() => splitHidden(text), [text])
  return pieces.map(({ text: part, name }, index) =>
    name === null ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
      <span key={index} data-hidden={name} className="hidden-character">
        {part}
      </span>
    ),
  )
}
