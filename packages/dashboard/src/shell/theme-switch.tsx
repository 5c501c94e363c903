import { Monitor, Moon, Sun } from 'lucide-react'
import { useStore } from '../lib/store.ts'
import { Button } from '../ui/button.tsx'
import { setTheme, THEMES, theme } from './theme.ts'

const ICONS = { system: Monitor, light: Sun, dark: Moon } as const

/** Goes through system, light and dark. */
export function ThemeSwitch() {
  const current = useStore(theme)
  const next = THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'system'
  const Icon = ICONS[current]
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={`Theme: ${current}. Switch to ${next}`}
      title={`Theme: ${current}`}
      icon={<Icon className="size-4" />}
      onClick={() => setTheme(next)}
    />
  )
}
