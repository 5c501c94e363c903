interface SenderOf<Arguments extends readonly unknown[], Outcome> {
  send(...request: Arguments): Promise<Outcome>
  close(): Promise<void>
}

/** A sender that is loaded by its first request, or before. */
export interface LazySender<Arguments extends readonly unknown[], Outcome> extends SenderOf<Arguments, Outcome> {
  /** Loads it. @throws what its module throws */
  warmUp(): Promise<void>
}

/**
 * Puts off what a sender is made of, an HTTP client of a hundred modules, so that a start need not wait for it: `load` is
 * called once. What can be wrong in settings must be found before. Closing loads nothing, and waits for what is being
 * loaded.
 */
export function createLazySender<Arguments extends readonly unknown[], Outcome>(
  load: () => Promise<SenderOf<Arguments, Outcome>>,
): LazySender<Arguments, Outcome> {
  let loaded: SenderOf<Arguments, Outcome> | null = null
  let loading: Promise<SenderOf<Arguments, Outcome>> | null = null

  function open(): Promise<SenderOf<Arguments, Outcome>> {
    loading ??= load().then((sender) => {
      loaded = sender
      return sender
    })
    return loading
  }

  return {
    // No promise of its own once it is loaded: this is on the way of every delivery.
    send: (...request) => (loaded ? loaded.send(...request) : open().then((sender) => sender.send(...request))),
    async warmUp() {
      await open()
    },
    async close() {
      const sender = await loading?.catch(() => null)
      await sender?.close()
    },
  }
}
