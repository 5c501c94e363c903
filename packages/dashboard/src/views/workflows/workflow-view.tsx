import type { Workflow } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { FlaskConical, Trash2, Workflow as WorkflowIcon } from 'lucide-react'
import { useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { useChangeWorkflow, useRemoveWorkflow, workflowQuery } from '../../api/workflows.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { draftOf } from './draft.ts'
import { WorkflowForm } from './workflow-form.tsx'

const route = getRouteApi('/shell/workflows/$workflowId')

/** One workflow: its definition, trying it, and deleting it. */
export function WorkflowView() {
  const { workflowId } = route.useParams()
  const workflow = useQuery(workflowQuery(workflowId))
  if (workflow.data) return <Definition key={workflow.data.id} workflow={workflow.data} />
  const isGone = workflow.error instanceof ApiError && workflow.error.status === 404
  return (
    <Page title="Workflow">
      {isGone && (
        <Card>
          <EmptyState
            icon={WorkflowIcon}
            title="There is no such workflow"
            action={
              <Link to="/workflows" className={buttonClass()}>
                All workflows
              </Link>
            }
          >
            It was deleted, or the link is of another account.
          </EmptyState>
        </Card>
      )}
      {workflow.error && !isGone && <ErrorState error={workflow.error} onRetry={() => void workflow.refetch()} />}
      {workflow.isPending && <Skeleton className="h-96 rounded-xl" />}
    </Page>
  )
}

function Definition({ workflow }: { readonly workflow: Workflow }) {
  const change = useChangeWorkflow(workflow.id)
  const [isDeleting, setDeleting] = useState(false)
  return (
    <Page
      title={workflow.name}
      badge={!workflow.is_active && <Badge tone="idle">Off</Badge>}
      hint={
        <>
          <span className="font-mono text-[12.5px] break-all">{workflow.endpoint}</span> · version {workflow.version},
          changed <Time iso={workflow.updated_at} />
        </>
      }
      actions={
        <>
          <Link to="/jobs" search={{ type: workflow.job_type }} className={buttonClass()}>
            Jobs
          </Link>
          <Link to="/playground" search={{ type: workflow.job_type }} className={buttonClass()}>
            <FlaskConical className="size-4" aria-hidden="true" /> Try it
          </Link>
          <Button look="danger" icon={<Trash2 className="size-4" />} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </>
      }
    >
      <WorkflowForm
        initial={draftOf(workflow)}
        isNew={false}
        save={change}
        submitLabel="Save"
        onSaved={() => toast('Saved. Jobs that were accepted before keep what they were accepted with.')}
      />
      {isDeleting && <DeleteDialog workflow={workflow} onClose={() => setDeleting(false)} />}
    </Page>
  )
}

function DeleteDialog({ workflow, onClose }: { readonly workflow: Workflow; readonly onClose: () => void }) {
  const remove = useRemoveWorkflow(workflow.id)
  const navigate = useNavigate()
  const onSuccess = () => {
    toast(`The workflow "${workflow.name}" was deleted.`)
    void navigate({ to: '/workflows' })
  }
  return (
    <ConfirmDialog
      title={`Delete "${workflow.name}"?`}
      hint="New jobs are refused from then on. Those that were accepted run to their end, and stay readable."
      action="Delete the workflow"
      doing={remove}
      onConfirm={() => remove.mutate(undefined, { onSuccess })}
      onClose={onClose}
    />
  )
}
