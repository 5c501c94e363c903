import { useSyncExternalStore } from 'react'

const DARK = matchMedia('(prefers-color-scheme: dark)')

function subscribe(listener: () => void): () => void {
  DARK.addEventListener('change', listener)
  // The theme that somebody chose is an attribute of the page.
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    DARK.removeEventListener('change', listener)
    observer.disconnect()
  }
}

/** Which theme is shown, followed: for what is painted and not styled. */
export function useColorScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const chosen = document.documentElement.dataset.theme
    return chosen === 'light' || chosen === 'dark' ? chosen : DARK.matches ? 'dark' : 'light'
  })
}

/** The value that a colour of `styles.css` has now, as a canvas takes it. */
export function currentColor(element: HTMLElement, name: string): string {
  element.style.color = `var(--color-${name})`
  const { color } = getComputedStyle(element)
  element.style.color = ''
  return color
}
