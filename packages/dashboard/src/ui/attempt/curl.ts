import type { Attempt } from '@ringback/contract'
import { quoted } from '../../lib/dispatch-curl.ts'

/** An attempt as a command that can be pasted into a shell: the same headers, the same bytes of the body. */
export function toCurl({ request }: Pick<Attempt, 'request'>, body: string): string {
  const headers = request.headers
    .filter(([name]) => !/^(host|content-length|connection)$/i.test(name))
    .map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`)
  return [`curl -X POST ${quoted(request.url)}`, ...headers, `  --data-binary ${quoted(body)}`].join(' \\\n')
}
