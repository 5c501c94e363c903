/**
 * The known name that was most likely meant: the one with the fewest changed, missing or added characters, or that the
 * name begins or continues. Null when nothing is near.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((left, right) => left.distance - right.distance)
  const best = ranked[0]
  // Every third character of the part behind the common prefix may be wrong; beyond that a hint would mislead.
  if (best && best.distance <= Math.max(2, Math.floor((name.length - 'RINGBACK_'.length) / 3))) return best.candidate
  return known.find((candidate) => candidate.startsWith(name) || name.startsWith(`${candidate}_`)) ?? null
}

/** Levenshtein distance, with one row of the matrix in memory. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const replaced = (row[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[right.length] as number
}
