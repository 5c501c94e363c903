import { afterEach } from 'vitest'
import { type Lifetime, lifeOf } from './lifetime.ts'
import { type Answer, type Receiver, startReceiver } from './receiver.ts'

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
export function useReceiver(lifetime: Lifetime = 'test'): Receiver {
  let receiver: Receiver
  const { before, after } = lifeOf(lifetime)
  before(async () => {
    receiver = await startReceiver()
  })
  after(async () => await receiver?.close())
  return {
    get url() {
      return receiver.url
    },
    get port() {
      return receiver.port
    },
    get requests() {
      return receiver.requests
    },
    request: (count) => receiver.request(count),
    answerWith: (answer) => receiver.answerWith(answer),
    close: () => receiver.close(),
  }
}
