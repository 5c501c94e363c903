import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { serverQuery } from '../../api/account.ts'
import { jobQuery } from '../../api/jobs.ts'
import { inputSpecQuery } from '../../api/playground.ts'
import { workflowsQuery } from '../../api/workflows.ts'
import { Card } from '../../ui/card.tsx'
import { Field, Select } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { fieldsOf, valuesOf } from './fields.ts'
import { Trial } from './trial.tsx'
import { inputSpecOf, jobTypeOf } from './workflow-spec.ts'

const route = getRouteApi('/shell/playground')

/** Runs a job of any type on this server, from a form that its input schema makes. */
export function PlaygroundView() {
  const { type, job: jobId } = route.useSearch()
  const navigate = useNavigate()
  const server = useQuery(serverQuery)
  const workflows = useQuery(workflowsQuery)
  const types = [...(server.data?.job_types ?? []), ...(workflows.data ?? []).map(jobTypeOf)]
  const isKnown = server.isSuccess && !workflows.isPending
  const chosen = isKnown ? (types.find((candidate) => candidate.type === type) ?? types[0]) : undefined
  const workflow = workflows.data?.find(({ job_type }) => job_type === chosen?.type)
  const documented = useQuery({
    ...inputSpecQuery(chosen?.path ?? ''),
    enabled: chosen !== undefined && workflow === undefined,
  })
  const spec = workflow ? { data: inputSpecOf(workflow), error: null, refetch: workflows.refetch } : documented
  const again = useQuery({ ...jobQuery(jobId ?? ''), enabled: jobId !== undefined, refetchInterval: false })
  const error = server.error ?? spec.error
  const isReady = chosen && spec.data !== undefined && (jobId === undefined || !again.isPending)
  const fields = spec.data ? fieldsOf(spec.data) : []

  return (
    <Page
      title="Playground"
      hint="Runs a real job of this account and shows its webhook arrive. A model that it asks costs what it costs."
    >
      {error && <ErrorState error={error} onRetry={() => void (server.error ? server : spec).refetch()} />}
      <Card>
        <div className="p-5">
          <Field label="Job type" hint={<p>{chosen?.summary ?? ' '}</p>}>
            {(control) => (
              <Select
                {...control}
                value={chosen?.type ?? ''}
                onChange={(event) => void navigate({ to: '/playground', search: { type: event.target.value } })}
              >
                {types.map((option) => (
                  <option key={option.type}>{option.type}</option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      </Card>
      {!isReady && !error && <Skeleton className="h-96 rounded-xl" />}
      {isReady && spec.data && (
        <Trial
          key={`${chosen.type} ${jobId}`}
          path={chosen.path}
          spec={spec.data}
          fields={fields}
          initial={again.data?.type === chosen.type ? valuesOf(fields, again.data.input) : {}}
          publicUrl={server.data?.public_url ?? ''}
        />
      )}
    </Page>
  )
}
