import { useEffect, useRef } from 'react'

export interface Shortcut {
  /** What it does, for the help. */
  readonly text: string
  readonly run: () => void
}

/** By keys: `?`, `mod+k` (Ctrl or ⌘), `g d` (one after the other). */
export type Shortcuts = Readonly<Record<string, Shortcut>>

/** What is active now, the last one mounted first. */
const active: { current: Shortcuts }[] = []

/** How long the second key of two may take. */
const SEQUENCE_MS_MAX = 1_000

let first: { key: string; at: number } | null = null

/** Every shortcut that works at this moment, for the help. */
export function activeShortcuts(): [keys: string, text: string][] {
  const all = new Map<string, string>()
  for (const { current } of active) {
    for (const [keys, { text }] of Object.entries(current)) if (!all.has(keys)) all.set(keys, text)
  }
  return [...all]
}

/** Shortcuts that work while the component is there. They never take a key from somebody who types or from a dialog. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const held = useRef(shortcuts)
  useEffect(() => {
    held.current = shortcuts
  })
  useEffect(() => {
    active.unshift(held)
    return () => void active.splice(active.indexOf(held), 1)
  }, [])
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.altKey) return
  const hasModifier = event.ctrlKey || event.metaKey
  if ((!hasModifier && isTyping(event.target)) || isAsked()) return
  const key = hasModifier ? `mod+${event.key.toLowerCase()}` : event.key
  const sequence = first !== null && event.timeStamp - first.at < SEQUENCE_MS_MAX ? `${first.key} ${key}` : null
  first = key === 'g' ? { key, at: event.timeStamp } : null
  const shortcut = find(sequence) ?? find(key)
  if (!shortcut) return
  event.preventDefault()
  shortcut.run()
})

function find(keys: string | null): Shortcut | undefined {
  if (keys === null) return undefined
  return active.find(({ current }) => keys in current)?.current[keys]
}

/** Whether a dialog waits for an answer; details beside a list do not. */
function isAsked(): boolean {
  return document.querySelector('[data-modal]') !== null
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
