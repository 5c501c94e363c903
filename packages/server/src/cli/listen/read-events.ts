import type { ListenerEvents } from '@ringback/contract'
import { createParser } from 'eventsource-parser'

/** An event of a listener's stream. */
export type ListenerEvent = {
  [Name in keyof ListenerEvents]: { readonly name: Name; readonly data: ListenerEvents[Name] }
}[keyof ListenerEvents]

/**
 * Reads server-sent events as they come. `onLife` is told of every piece, signs of life included. Names that this version
 * does not know are passed by.
 */
export async function readEvents(
  body: AsyncIterable<Buffer>,
  { onLife, onEvent }: { readonly onLife: () => void; readonly onEvent: (event: ListenerEvent) => void },
): Promise<void> {
  const parser = createParser({
    onEvent: ({ event: name, data }) => onEvent({ name, data: JSON.parse(data) } as ListenerEvent),
  })
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    onLife()
    parser.feed(decoder.decode(chunk, { stream: true }))
  }
}
