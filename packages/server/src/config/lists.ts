import type { Role } from '../config.ts'
import { BadValue } from './setting.ts'
import { commaList, duration } from './value-parsers.ts'

const ROLES = ['api', 'runner', 'courier'] as const satisfies readonly Role[]

/** Most retries of a delivery; with longer schedules the sustained-failure rule ends the webhook first. */
const RETRIES_MAX = 20

/** Shorter waits than this only hammer a receiver that is down. */
const RETRY_DELAY_MS_MIN = 10

/** Longer waits than this are better made with several retries. */
const RETRY_DELAY_MS_MAX = 86_400_000

/** Parses the roles of a process; naming one twice is harmless, naming none is not allowed. */
export function parseRoles(text: string): ReadonlySet<Role> {
  const roles = commaList(text).map((name) => {
    const role = ROLES.find((known) => known === name)
    if (!role) throw new BadValue(`"${name}" is not a role`)
    return role
  })
  return new Set(roles)
}

/** Parses the waits before each retry, in milliseconds; the empty text is a schedule without retries. */
export function retrySchedule(text: string): readonly number[] {
  const waits = commaList(text).map(duration(RETRY_DELAY_MS_MIN, RETRY_DELAY_MS_MAX))
  if (waits.length > RETRIES_MAX) throw new BadValue()
  return waits
}
