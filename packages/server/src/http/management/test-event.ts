import { problemSchema, type TestEventSent, testEventSchema, testEventSentSchema } from '@ringback/contract'
import type { DeliveryStore } from '../../store/deliveries.ts'
import type { WorkflowStore } from '../../store/workflows.ts'
import type { TaskRegistry } from '../../tasks/registry.ts'
import { sampleResult } from '../../tasks/sample-result.ts'
import type { TestEvents } from '../../webhooks/test-events.ts'
import { customPath, isCustomType, readDefinition } from '../../workflows/definition.ts'
import { buildOutputSchema } from '../../workflows/output-schema.ts'
import type { Workflows } from '../../workflows/workflows.ts'
import { accountOf } from '../request-state.ts'
import { defineEndpoint, type Endpoint } from '../route.ts'
import { requireKnownTypes } from './known-types.ts'
import { showDelivery } from './show-delivery.ts'

interface TestEventDeps {
  readonly tasks: Pick<TaskRegistry, 'byType' | 'all'>
  readonly workflows: Pick<Workflows, 'unknownTypes'>
  readonly store: Pick<DeliveryStore, 'findDelivery'> & Pick<WorkflowStore, 'findWorkflow'>
  readonly testEvents: TestEvents
}

/** `POST /api/v1/test-events`: answers as soon as the deliveries are written; each gets one attempt. */
export function sendTestEvent(deps: TestEventDeps): Endpoint {
  return defineEndpoint({
    body: testEventSchema,
    answers: { 202: testEventSentSchema, 404: problemSchema, 422: problemSchema },
    async handle(request, reply): Promise<TestEventSent> {
      const accountId = accountOf(request)
      const { type, status, webhook } = request.body
      await requireKnownTypes(deps, accountId, [type], () => 'type')
      const result = sampleResult(type, await resultSchema(accountId, type))
      const ids = await deps.testEvents.send(accountId, { type, status, result, webhook })
      const rows = await Promise.all(ids.map((id) => deps.store.findDelivery(accountId, id)))
      reply.code(202)
      return { type, status, deliveries: rows.filter((row) => row !== null).map(showDelivery) }
    },
  })

  /** Of a workflow that was deleted, and of one that promises no form, nothing is known. */
  async function resultSchema(accountId: string, type: string) {
    if (!isCustomType(type)) return deps.tasks.byType(type)?.result ?? null
    const slug = customPath(type).slice('/custom/'.length)
    const workflow = await deps.store.findWorkflow(accountId, slug)
    const fields = workflow && readDefinition(workflow.definition).outputSchema
    return fields ? buildOutputSchema(fields, 'refuse') : null
  }
}
