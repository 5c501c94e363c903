import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { after } from '../lib/clock.ts'
import { Button } from './button.tsx'
import { toast } from './toast.tsx'

/** How long "copied" is said. */
const SAID_MS = 1_500

/** Puts a text on the clipboard. Without a secure context there is none, and the person is told. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    toast('The browser did not let us copy. Select the text and copy it yourself.', 'bad')
    return false
  }
}

export function CopyButton({
  text,
  label = 'Copy',
  size = 'sm',
  iconOnly = false,
}: {
  readonly text: string
  readonly label?: string
  readonly size?: 'sm' | 'md'
  readonly iconOnly?: boolean
}) {
  const [copied, setCopied] = useState(false)
  useEffect(() => (copied ? after(SAID_MS, () => setCopied(false)) : undefined), [copied])
  return (
    <Button
      look="quiet"
      size={iconOnly ? 'icon' : size}
      aria-label={iconOnly ? label : undefined}
      title={iconOnly ? label : undefined}
      icon={copied ? <Check className="size-3.5 text-ok" /> : <Copy className="size-3.5" />}
      onClick={async () => setCopied(await copyText(text))}
    >
      {iconOnly ? null : copied ? 'Copied' : label}
    </Button>
  )
}
