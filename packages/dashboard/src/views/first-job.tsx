import { useQuery } from '@tanstack/react-query'
import { serverQuery } from '../api/account.ts'
import { dispatchCurl } from '../lib/dispatch-curl.ts'
import { Code } from '../ui/code.tsx'

/** A command that makes a job on this server; it needs no model. */
export function FirstJob() {
  const { data: server } = useQuery(serverQuery)
  return (
    <div className="mt-4 text-left">
      <Code
        label="Command"
        wrap={false}
        text={dispatchCurl(`${server?.public_url ?? ''}/api/v1/content/detect_phones`, {
          content: 'Call +44 20 7946 0958',
        })}
      />
    </div>
  )
}
