import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX, LoaderCircle } from 'lucide-react'
import { urlVerdictQuery } from '../../../api/webhooks.ts'
import { useDebounced } from '../../../lib/use-debounced.ts'
import { Field, Input } from '../../../ui/field.tsx'

/** A URL is checked when typing rests for so long. */
const REST_MS = 350

/** The URL of a webhook, with the verdict of the server while it is typed: the same check as when it is saved. */
export function UrlField({
  value,
  savedUrl,
  error,
  onChange,
}: {
  readonly value: string
  readonly savedUrl: string | null
  readonly error: string | undefined
  readonly onChange: (url: string) => void
}) {
  const url = value.trim()
  const isSaved = url === (savedUrl ?? '')
  return (
    <Field
      label="Webhook URL"
      error={isSaved ? undefined : error}
      hint={url === '' || isSaved ? <p>Must be public and answer POST with a 2xx status.</p> : <Verdict url={url} />}
    >
      {(control) => (
        <Input
          {...control}
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://example.com/webhooks/ringback"
          className="font-mono text-[13px]"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

function Verdict({ url }: { readonly url: string }) {
  const rested = useDebounced(url, REST_MS)
  const { data, error, isFetching } = useQuery(urlVerdictQuery(rested))
  const isOld = rested !== url || isFetching
  if (error && !isOld) {
    return <p role="status">The URL could not be checked: {error.message} It is checked again when you save.</p>
  }
  if (!data || isOld) {
    return (
      <p className="flex items-center gap-1.5" role="status">
        <LoaderCircle className="size-3.5 animate-spin" aria-hidden="true" /> Checking…
      </p>
    )
  }
  if (data.allowed) {
    return (
      <p className="flex items-center gap-1.5 text-ok" role="status">
        <CircleCheck className="size-3.5" aria-hidden="true" /> This URL can be called.
      </p>
    )
  }
  return (
    <div role="status">
      <ul className="flex flex-col gap-1 text-bad">
        {data.problems.map((problem) => (
          <li key={problem} className="flex gap-1.5">
            <CircleX className="mt-[3px] size-3.5 shrink-0" aria-hidden="true" />{' '}
            <span className="min-w-0 wrap-anywhere">The URL {problem}.</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
