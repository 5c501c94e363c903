import { INPUT_MODES, type InputMode, type Workflow } from '@ringback/contract'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Field, Input, Select, TextArea } from '../../ui/field.tsx'
import { FormError } from '../../ui/states.tsx'
import { Switch } from '../../ui/toggle.tsx'
import { checkDraft, type Draft, errorAt } from './draft.ts'
import { ParameterFields, typesOf } from './parameter-fields.tsx'

const MODE_LABELS: Readonly<Record<InputMode, string>> = {
  'application/json': 'JSON object',
  'multipart/form-data': 'Form with files',
}

interface Props {
  readonly initial: Draft
  readonly isNew: boolean
  readonly save: {
    mutate(body: object, options: { onSuccess: (workflow: Workflow) => void }): void
    readonly isPending: boolean
    readonly error: Error | null
  }
  readonly onSaved: (workflow: Workflow) => void
  readonly submitLabel: string
}

/** The definition of a workflow: what it is called, who runs it, what it takes and what it gives. */
export function WorkflowForm({ initial, isNew, save, onSaved, submitLabel }: Props) {
  const [draft, setDraft] = useState(initial)
  const [ownErrors, setOwnErrors] = useState<Readonly<Record<string, string>>>({})
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change })
  const serverErrors = save.error instanceof ApiError ? save.error.fields : {}
  const hasOwn = Object.keys(ownErrors).length > 0
  const errors = hasOwn ? ownErrors : serverErrors

  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkDraft(draft, isNew)
    setOwnErrors('errors' in checked ? checked.errors : {})
    if ('body' in checked) save.mutate(checked.body, { onSuccess: onSaved })
  }

  /** The types of the other mode say nothing here: rows become texts. */
  function setMode(inputMode: InputMode) {
    const [text = 'json_string'] = typesOf(inputMode)
    set({ inputMode, parameters: draft.parameters.map((row) => ({ ...row, type: text })) })
  }

  return (
    <form onSubmit={submit} className="grid items-start gap-6 lg:grid-cols-2" noValidate>
      <div className="flex flex-col gap-6">
        <Card title="What it is">
          <Fields>
            <Text label="Name" error={errors.name} value={draft.name} onChange={(name) => set({ name })} />
            {isNew && (
              <Text
                label="Slug"
                isCode
                error={errors.slug}
                placeholder="mood-of-text"
                hint={`Jobs are posted to /api/v1/custom/${draft.slug.trim() || '<slug>'}. It cannot be changed.`}
                value={draft.slug}
                onChange={(slug) => set({ slug })}
              />
            )}
            <Text
              label="Description"
              error={errors.description}
              value={draft.description}
              onChange={(description) => set({ description })}
            />
            <Switch
              label="Takes jobs"
              hint="When off, new jobs are refused; those that were accepted run to their end."
              checked={draft.isActive}
              onChange={(isActive) => set({ isActive })}
            />
          </Fields>
        </Card>
        <Card title="Who runs it">
          <Fields>
            <Field label="Run by" error={errors.run_by}>
              {(control) => (
                <Select
                  {...control}
                  value={draft.runBy}
                  onChange={(event) => set({ runBy: event.target.value as Draft['runBy'] })}
                >
                  <option value="model">The model of this server</option>
                  <option value="worker">A worker of yours</option>
                </Select>
              )}
            </Field>
            <Field
              label="Instructions"
              error={errors.instructions}
              hint={<p>What the model is to do. Texts of callers never become part of them.</p>}
            >
              {(control) => (
                <TextArea
                  {...control}
                  rows={6}
                  value={draft.instructions}
                  onChange={(event) => set({ instructions: event.target.value })}
                />
              )}
            </Field>
          </Fields>
        </Card>
      </div>
      <div className="flex flex-col gap-6">
        <Card title="What it takes">
          <Fields>
            <Field label="Input mode" error={errors.input_mode}>
              {(control) => (
                <Select
                  {...control}
                  value={draft.inputMode}
                  onChange={(event) => setMode(event.target.value as InputMode)}
                >
                  {INPUT_MODES.map((mode) => (
                    <option key={mode} value={mode}>
                      {MODE_LABELS[mode]}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <ParameterFields
              rows={draft.parameters}
              mode={draft.inputMode}
              errors={errors}
              onChange={(parameters) => set({ parameters })}
            />
          </Fields>
        </Card>
        <Card title="What it gives">
          <Fields>
            <Field
              label="Output schema"
              error={errorAt(errors, 'output_schema')}
              hint={
                <p>
                  JSON: the name of each field, and its type: string, number, integer, boolean, &ldquo;array of
                  string&rdquo;, or a long form. Left empty, a worker may give any JSON.
                </p>
              }
            >
              {(control) => (
                <TextArea
                  {...control}
                  rows={8}
                  spellCheck={false}
                  className="font-mono text-[12.5px]"
                  value={draft.output}
                  onChange={(event) => set({ output: event.target.value })}
                />
              )}
            </Field>
          </Fields>
        </Card>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" look="primary" busy={save.isPending}>
            {submitLabel}
          </Button>
          {hasOwn ? (
            <p role="alert" className="text-[13px] leading-5 text-bad">
              Not done: see the fields above.
            </p>
          ) : (
            <FormError error={save.error} />
          )}
        </div>
      </div>
    </form>
  )
}

function Fields({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-col gap-5 p-5">{children}</div>
}

function Text({
  label,
  error,
  hint,
  value,
  placeholder,
  isCode = false,
  onChange,
}: {
  readonly label: string
  readonly error: string | undefined
  readonly hint?: string
  readonly value: string
  readonly placeholder?: string
  readonly isCode?: boolean
  readonly onChange: (value: string) => void
}) {
  return (
    <Field label={label} error={error} hint={hint && <p className="wrap-anywhere">{hint}</p>}>
      {(control) => (
        <Input
          {...control}
          autoComplete="off"
          spellCheck={!isCode}
          placeholder={placeholder}
          className={isCode ? 'font-mono text-[13px]' : ''}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
