import type { Workflow } from '@ringback/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, Plus, Workflow as WorkflowIcon } from 'lucide-react'
import { workflowsQuery } from '../../api/workflows.ts'
import { plural } from '../../lib/format.ts'
import { inAddress } from '../../lib/in-address.ts'
import { useShortcuts } from '../../lib/keyboard.ts'
import { rowMoves } from '../../lib/row-moves.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClass } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Page } from '../../ui/page.tsx'
import { EmptyState, ErrorState, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'

/** The job types that the account has defined. */
export function WorkflowsView() {
  const workflows = useQuery(workflowsQuery)
  useShortcuts(rowMoves('workflow'))
  return (
    <Page
      title="Custom workflows"
      hint="Job types of your own: what to do, what goes in, and the fields that come out."
      actions={
        <Link to="/workflows/new" className={buttonClass({ look: 'primary' })}>
          <Plus className="size-4" aria-hidden="true" /> Add workflow
        </Link>
      }
    >
      {workflows.error && !workflows.data ? (
        <ErrorState error={workflows.error} onRetry={() => void workflows.refetch()} />
      ) : (
        <Card>
          {workflows.data?.length === 0 && (
            <EmptyState
              icon={WorkflowIcon}
              title="No workflow yet"
              action={
                <Link to="/workflows/new" className={buttonClass({ look: 'primary' })}>
                  Define the first one
                </Link>
              }
            >
              Say in words what is to be done and which fields you want back. Its jobs are told by webhook like all
              others.
            </EmptyState>
          )}
          {workflows.isPending && <Skeleton className="m-5 h-16" />}
          <ul className="divide-y divide-line">
            {workflows.data?.map((workflow) => (
              <Row key={workflow.id} workflow={workflow} />
            ))}
          </ul>
        </Card>
      )}
    </Page>
  )
}

function Row({ workflow }: { readonly workflow: Workflow }) {
  return (
    <li className="group relative flex items-center gap-4 px-5 py-4 first:rounded-t-xl last:rounded-b-xl hover:bg-raised">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2.5">
          <Link
            to="/workflows/$workflowId"
            params={{ workflowId: inAddress(workflow.slug, workflow.id) }}
            data-row
            className="truncate text-sm font-medium after:absolute after:inset-0"
          >
            {workflow.name}
          </Link>
          <Badge tone="idle">{workflow.run_by === 'model' ? 'Model' : 'Worker'}</Badge>
          {!workflow.is_active && <Badge tone="warn">Off</Badge>}
        </p>
        <p className="mt-1 truncate text-[13px] text-muted">
          <span className="font-mono text-[12.5px]">{workflow.job_type}</span> ·{' '}
          {plural(workflow.parameters.length, 'parameter')} · changed <Time iso={workflow.updated_at} />
        </p>
      </div>
      <ChevronRight className="size-4 text-faint transition-transform group-hover:translate-x-0.5" aria-hidden="true" />
    </li>
  )
}
