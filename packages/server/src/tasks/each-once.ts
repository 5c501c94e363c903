/** The items without those whose name came before, whatever its case and the space around it. */
export function eachOnce<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[] {
  const first = new Map<string, Item>()
  for (const item of items) {
    const name = nameOf(item).trim().toLowerCase()
    if (!first.has(name)) first.set(name, item)
  }
  return [...first.values()]
}
