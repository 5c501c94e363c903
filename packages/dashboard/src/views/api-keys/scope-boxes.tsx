import { ALL_SCOPES, API_KEY_SCOPES, type ApiKeyScope } from '@ringback/contract'
import { Checkbox } from '../../ui/toggle.tsx'
import { SCOPE_LABELS } from './scope-labels.ts'

/** What a key may do: a box for each scope, and what they are together. */
export function ScopeBoxes({
  chosen,
  error,
  onChange,
}: {
  readonly chosen: readonly ApiKeyScope[]
  /** In the server's words. */
  readonly error: string | undefined
  readonly onChange: (chosen: readonly ApiKeyScope[]) => void
}) {
  return (
    <fieldset>
      <legend className="mb-2.5 text-[13px] font-medium">What it may do</legend>
      <div className="flex flex-col gap-3">
        {ALL_SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={SCOPE_LABELS[scope]}
            hint={API_KEY_SCOPES[scope]}
            checked={chosen.includes(scope)}
            onChange={(isChosen) =>
              onChange(ALL_SCOPES.filter((one) => (one === scope ? isChosen : chosen.includes(one))))
            }
          />
        ))}
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-2 text-[13px] text-bad">
          The list {error}
        </p>
      )}
      <p className="mt-3 text-[13px] leading-5 text-muted" aria-live="polite">
        {chosen.length === ALL_SCOPES.length
          ? 'All of them are full access, also to what later versions add.'
          : 'It cannot be changed later; a key that needs more is made anew.'}
      </p>
    </fieldset>
  )
}
