/** So many free slots of a runner or a courier of this process, which keep what they are handed. */
export function openSlots<Item>(slots: number) {
  let free = slots
  const handed: Item[] = []
  return {
    handed,
    get free() {
      return free
    },
    reserve(count: number) {
      const granted = Math.min(count, free)
      free -= granted
      return granted
    },
    giveBack(count: number) {
      free += count
    },
    handOver: (item: Item) => void handed.push(item),
  }
}
