import { useNavigate } from '@tanstack/react-router'
import { useCreateWorkflow } from '../../api/workflows.ts'
import { inAddress } from '../../lib/in-address.ts'
import { Page } from '../../ui/page.tsx'
import { toast } from '../../ui/toast.tsx'
import { EMPTY_DRAFT } from './draft.ts'
import { WorkflowForm } from './workflow-form.tsx'

/** Defines a job type of the account's own. */
export function NewWorkflowView() {
  const create = useCreateWorkflow()
  const navigate = useNavigate()
  return (
    <Page title="Add a workflow" hint="A job type of your own, without code. It has an address as soon as it is saved.">
      <WorkflowForm
        initial={EMPTY_DRAFT}
        isNew
        save={create}
        submitLabel="Add workflow"
        onSaved={(workflow) => {
          toast(`The workflow "${workflow.name}" takes jobs.`)
          void navigate({ to: '/workflows/$workflowId', params: { workflowId: inAddress(workflow.slug, workflow.id) } })
        }}
      />
    </Page>
  )
}
