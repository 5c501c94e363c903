import { useSignOut } from '../api/account.ts'
import { toast } from '../ui/toast.tsx'

/** Signs out; says when that failed, so that nobody leaves a browser that is still signed in. */
export function useSayingSignOut() {
  return useSignOut((error) => toast(`You are still signed in: ${error.message}`, 'bad'))
}
