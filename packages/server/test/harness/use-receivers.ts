import { afterEach } from 'vitest'
import { type Answer, type Receiver, startReceiver } from './receiver.ts'
import { type Lifetime, useOwn } from './use-own.ts'

/**
 * Gives the function that starts a receiver for the tests of a suite: what they start is closed after each. To be called
 * behind the hook that stops the server, and so done before it: a receiver that hangs would hold up the stop.
 */
export function useReceivers(): (answer?: Answer, at?: { readonly port: number }) => Promise<Receiver> {
  const receivers: Receiver[] = []
  afterEach(async () => {
    await Promise.all(receivers.splice(0).map((receiver) => receiver.close()))
  })
  return async (answer, at) => {
    const receiver = await startReceiver(at)
    receivers.push(receiver)
    if (answer) receiver.answerWith(answer)
    return receiver
  }
}

/** A receiver for each test of a suite, or one for all of them. The same holds for its place among the hooks. */
export function useReceiver(lifetime?: Lifetime): Receiver {
  return useOwn(
    () => startReceiver(),
    (receiver) => receiver.close(),
    lifetime,
  )
}
