import type { Shortcuts } from './keyboard.ts'

/** The links that are the rows of the list on the page, from top to bottom. */
function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('#content [data-row]')]
}

function move(by: 1 | -1): void {
  const all = rows()
  const current = all.indexOf(document.activeElement as HTMLElement)
  const next = current === -1 ? (by === 1 ? 0 : all.length - 1) : current + by
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus()
}

/** `j` and `k` go through the rows of a list; Enter follows the link that has the focus. */
export function rowMoves(what: string): Shortcuts {
  return {
    j: { text: `Next ${what}`, run: () => move(1) },
    k: { text: `Previous ${what}`, run: () => move(-1) },
  }
}

/** The keys of a list that goes on while it is read. */
export function liveShortcuts(
  [one, many]: readonly [one: string, many: string],
  { isLive, setLive, showNew }: { isLive: boolean; setLive(live: boolean): void; showNew(): void },
): Shortcuts {
  return {
    ...rowMoves(one),
    '/': { text: 'To the filters', run: () => document.getElementById('filter-status')?.focus() },
    p: { text: isLive ? 'Pause' : 'Go live', run: () => setLive(!isLive) },
    n: { text: `Show new ${many}`, run: showNew },
  }
}
