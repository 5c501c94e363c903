import { useQuery } from '@tanstack/react-query'
import { CloudOff } from 'lucide-react'
import { useEffect } from 'react'
import { queryClient } from '../api/query-client.ts'
import { connection } from '../api/status.ts'
import { useStore } from '../lib/store.ts'

/** How often a server that does not answer is asked. */
const ASK_INTERVAL_MS = 2_000

/** Says that the server does not answer, asks it again and again, and brings everything up to date when it does. */
export function ConnectionBanner() {
  const state = useStore(connection)
  const isLost = state === 'lost'
  useQuery({
    queryKey: ['alive'],
    queryFn: async () => {
      const answer = await fetch('/health/live')
      if (answer.ok) connection.set('ok')
      return answer.ok
    },
    enabled: isLost,
    refetchInterval: ASK_INTERVAL_MS,
    retry: false,
    gcTime: 0,
  })
  useEffect(() => {
    if (isLost) return () => void queryClient.invalidateQueries()
    return undefined
  }, [isLost])

  if (!isLost) return null
  return (
    <div
      role="status"
      className="sticky top-0 z-20 flex items-center gap-2.5 border-b border-line bg-warn-soft px-4 py-2 text-[13px] text-warn sm:px-8"
    >
      <CloudOff className="size-4 shrink-0" aria-hidden="true" />
      The server does not answer. This page tries again every two seconds; what you typed stays.
    </div>
  )
}
