import { INBOX_URL } from '@ringback/contract'
import { Play } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { type InputSpec, useDispatch } from '../../api/playground.ts'
import { dispatchCurl } from '../../lib/dispatch-curl.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Code } from '../../ui/code.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/states.tsx'
import { Switch } from '../../ui/toggle.tsx'
import { expectArrival } from './arrivals.ts'
import { bodyOf, type InputField, inputOf, type Values } from './fields.ts'
import { Inbox } from './inbox.tsx'
import { InputControl } from './input-control.tsx'
import { Outcome } from './outcome.tsx'

/** The form of one job type, the request that it makes, and what becomes of the job. */
export function Trial({
  path,
  spec,
  fields,
  initial,
  publicUrl,
}: {
  readonly path: string
  readonly spec: InputSpec
  readonly fields: readonly InputField[]
  readonly initial: Values
  readonly publicUrl: string
}) {
  const [values, setValues] = useState(initial)
  const [toInbox, setToInbox] = useState(true)
  const dispatch = useDispatch(path)
  const jobWebhook = toInbox ? INBOX_URL : undefined
  const input = inputOf(fields, values)
  const errors = Object.entries(dispatch.error instanceof ApiError ? dispatch.error.fields : {})
  /** What is wrong with a field, or with an item in it (`skills.0`). */
  const errorOf = (name: string) => errors.find(([field]) => field.split(/[.[]/)[0] === name)?.[1]

  function submit(event: FormEvent) {
    event.preventDefault()
    dispatch.mutate(
      { body: bodyOf(spec, input), jobWebhook },
      { onSuccess: ({ job_id: jobId }) => toInbox && expectArrival(jobId) },
    )
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-2">
      <Card title="Input">
        <form onSubmit={submit} className="flex flex-col gap-5 p-5" noValidate>
          {fields.map((field) => (
            <Field
              key={field.name}
              label={field.name}
              error={errorOf(field.name)}
              action={field.isRequired ? undefined : <span className="text-xs text-muted">optional</span>}
              hint={field.description && <p>{field.description}</p>}
            >
              {(control) => (
                <InputControl
                  field={field}
                  control={control}
                  value={values[field.name]}
                  onChange={(value) => setValues({ ...values, [field.name]: value })}
                />
              )}
            </Field>
          ))}
          <div className="border-t border-line pt-5">
            <Switch
              label="Webhook to the inbox"
              hint={
                toInbox
                  ? 'Sent to the receiver on this page in place of your webhooks.'
                  : 'Your webhooks are told of this job, as of every other.'
              }
              checked={toInbox}
              onChange={setToInbox}
            />
          </div>
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" look="primary" busy={dispatch.isPending} icon={<Play className="size-4" />}>
              Run
            </Button>
            <FormError error={dispatch.error} />
          </div>
        </form>
      </Card>
      <div className="flex min-w-0 flex-col gap-6">
        <Card title="The request" hint="The same with a key of yours.">
          <div className="p-5">
            <Code
              text={dispatchCurl(`${publicUrl}/api/v1${path}`, input, { isForm: spec.isForm, jobWebhook })}
              label="Command"
            />
          </div>
        </Card>
        {toInbox && <Inbox />}
        {dispatch.data && <Outcome key={dispatch.data.job_id} jobId={dispatch.data.job_id} />}
      </div>
    </div>
  )
}
