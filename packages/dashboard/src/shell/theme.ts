import { createStore } from '../lib/store.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** What public/setup.js reads before anything is painted. */
const STORAGE_KEY = 'ringback-theme'

const root = document.documentElement
export const theme = createStore<Theme>((root.dataset.theme as Theme | undefined) ?? 'system')

/** Shows another theme and remembers it; `system` is the absence of a choice. */
export function setTheme(next: Theme): void {
  theme.set(next)
  if (next === 'system') delete root.dataset.theme
  else root.dataset.theme = next
  try {
    if (next === 'system') localStorage.removeItem(STORAGE_KEY)
    else localStorage.setItem(STORAGE_KEY, next)
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}
