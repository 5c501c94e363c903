/** What was typed, without what has been saved of it; what was typed over that meanwhile stays. */
export function withoutSaved<Typed extends object>(typed: Typed, saved: Typed): Typed {
  const left = Object.entries(typed).filter(([name, value]) => value !== saved[name as keyof Typed])
  return Object.fromEntries(left) as Typed
}
