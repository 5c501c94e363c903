import { createStore } from '../lib/store.ts'

/** Whether the server answered the last request. */
export const connection = createStore<'ok' | 'lost'>('ok')

/** `unknown` until the first answer; `ended` while the page is open but the session is over. */
export const session = createStore<'unknown' | 'in' | 'out' | 'ended'>('unknown')
