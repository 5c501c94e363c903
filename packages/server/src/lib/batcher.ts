export interface BatcherOptions<Item, Result> {
  /** Runs one batch; must give one result an item, in order. When it rejects, every item of the batch rejects. */
  readonly run: (items: Item[]) => Promise<readonly Result[]>
  /** Most items of one batch. */
  readonly itemsMax: number
  /** Batches under way at once: one, and beside it only full ones. The rest gathers: that is the whole of group commit. */
  readonly concurrencyMax: number
}

/**
 * Gathers single calls into batches without a timer: the first item of an idle batcher leaves at the end of the current
 * turn of the event loop, the items that come while a batch is under way leave together with the next, or as soon as
 * they fill one. So an idle system has no added latency and a busy one has large batches.
 */
export function createBatcher<Item, Result>(
  options: BatcherOptions<Item, Result>,
): { add(item: Item): Promise<Result>; idle(): Promise<void> } {
  interface Entry {
    item: Item
    resolve: (result: Result) => void
    reject: (reason: unknown) => void
  }
  let waiting: Entry[] = []
  let running = 0
  let scheduled = false
  let idleListeners: (() => void)[] = []

  const mayStart = () =>
    running === 0 ? waiting.length > 0 : running < options.concurrencyMax && waiting.length >= options.itemsMax

  function schedule() {
    if (scheduled || !mayStart()) return
    scheduled = true
    setImmediate(start)
  }

  function start() {
    scheduled = false
    while (mayStart()) {
      const batch = waiting.length <= options.itemsMax ? waiting : waiting.slice(0, options.itemsMax)
      waiting = waiting.length <= options.itemsMax ? [] : waiting.slice(options.itemsMax)
      running++
      void runBatch(batch)
    }
  }

  async function runBatch(batch: Entry[]) {
    try {
      const results = await options.run(batch.map((entry) => entry.item))
      for (let index = 0; index < batch.length; index++) (batch[index] as Entry).resolve(results[index] as Result)
    } catch (error) {
      for (const entry of batch) entry.reject(error)
    } finally {
      running--
      schedule()
      if (running === 0 && waiting.length === 0) {
        for (const listener of idleListeners) listener()
        idleListeners = []
      }
    }
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        schedule()
      }),
    idle: () =>
      running === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idleListeners.push(() => resolve())),
  }
}
