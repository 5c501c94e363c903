import { Exact } from '../exact.tsx'

/** Headers in the order of the wire; scrolls by itself when there are many. */
export function HeaderTable({
  label,
  headers,
}: {
  readonly label: string
  readonly headers: readonly (readonly [string, string])[]
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section aria-label={label} tabIndex={0} className="max-h-72 overflow-auto rounded-lg border border-line">
      <table className="w-full text-left font-mono text-[12.5px]">
        <caption className="sr-only">{label}</caption>
        <tbody className="divide-y divide-line">
          {headers.map(([name, value], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a header is its place; names can come twice
            <tr key={index}>
              <th scope="row" className="w-46 min-w-46 px-3 py-1.5 align-top font-normal wrap-anywhere text-muted">
                {name}
              </th>
              <td className="px-3 py-1.5 break-all">
                <Exact text={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
