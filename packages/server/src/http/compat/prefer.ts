/**
 * Longest wait in seconds: usual proxies and load balancers give up a connection that says nothing for 60 s, and a client
 * whose request was cut has no job id. Longer wishes wait this long.
 */
const WAIT_SECONDS_MAX = 60

/** One preference: a name, perhaps a value, perhaps parameters that mean nothing for `wait` (RFC 7240, section 2). */
const WAIT = /^wait *= *(?:"(\d{1,9})"|(\d{1,9}))(?: *;.*)?$/i
const IS_WAIT = /^wait(?: *[=;].*)?$/i

/**
 * How many seconds a `Prefer` header asks to wait for the result (RFC 7240, section 4.3), 1 to
 * {@link WAIT_SECONDS_MAX}; null when it asks for nothing of the kind. The first `wait` counts. A value that makes no
 * sense is ignored like any preference that a server does not know: section 2 forbids to refuse the request for it.
 */
export function preferredWaitSeconds(prefer: string | string[] | undefined): number | null {
  if (prefer === undefined) return null
  const preferences = String(prefer).split(',')
  const wait = preferences.map((preference) => preference.trim()).find((preference) => IS_WAIT.test(preference))
  const match = wait === undefined ? null : WAIT.exec(wait)
  const seconds = Number(match?.[1] ?? match?.[2] ?? 0)
  return seconds >= 1 ? Math.min(seconds, WAIT_SECONDS_MAX) : null
}
