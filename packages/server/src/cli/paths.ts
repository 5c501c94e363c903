/** What every route of the API begins with. */
export const API_BASE_PATH = '/api/v1'

/**
 * Where a one-time link leads. The token is in the fragment, which browsers keep to themselves: it is in no log of a
 * proxy and in no `Referer`, and programs that preview links cannot spend it.
 */
export function signInUrl(origin: string, token: string): string {
  return `${origin}/dashboard/sign-in#${token}`
}
