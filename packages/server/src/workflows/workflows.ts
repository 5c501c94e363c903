import { type InputMode, WORKFLOWS_MAX, type WorkflowParameter, type WorkflowRunner } from '@ringback/contract'
import type { Clock } from '../lib/clock.ts'
import { AppError } from '../lib/errors.ts'
import type { WorkflowRow, WorkflowStore } from '../store/workflows.ts'
import type { DocumentRef } from '../tasks/documents/document-ref.ts'
import { PICTURE_KINDS, TEXT_KINDS } from '../tasks/documents/kinds.ts'
import type { TaskFile } from '../tasks/task.ts'
import { invalidFields, problemsOfDefinition, problemsOfSlug } from './check-definition.ts'
import { checkFormParameters, checkJsonParameters } from './check-parameters.ts'
import { customPath, customType, readDefinition, type WorkflowDefinition } from './definition.ts'
import type { WorkflowJobInput } from './job-input.ts'

/** What a person wants of a workflow; fields that are left out stay as they are. */
export type WantedChange = { readonly slug?: string | undefined; readonly isActive?: boolean | undefined } & {
  readonly [Field in keyof WorkflowDefinition]?: WorkflowDefinition[Field] | undefined
}

/** A workflow that takes jobs. */
export interface OpenWorkflow {
  readonly type: string
  /** Below `/api/v1`. */
  readonly path: `/custom/${string}`
  readonly runBy: WorkflowRunner
  readonly inputMode: InputMode
  /** Files that a form for it may have. */
  readonly files: readonly TaskFile[]
  /**
   * Checks the parameters of a job and gives its input. `documents` are the files that came with it, on disk already.
   * @throws AppError `request.invalid`
   */
  check(body: unknown, documents: Readonly<Record<string, DocumentRef>>): WorkflowJobInput
}

/** What people do with workflows. Everything that takes an id takes a slug too, and throws `workflow.not_found`. */
export interface Workflows {
  list(accountId: string): Promise<WorkflowRow[]>
  get(accountId: string, idOrSlug: string): Promise<WorkflowRow>
  /** @throws AppError `request.invalid`, `workflow.slug_taken`, `workflow.limit_reached` */
  create(
    accountId: string,
    wanted: { slug: string; isActive: boolean; definition: WorkflowDefinition },
  ): Promise<WorkflowRow>
  /**
   * Jobs that were accepted keep the definition that they were accepted with.
   * @throws AppError `request.invalid`, `workflow.changed` when others change it all the time
   */
  change(accountId: string, idOrSlug: string, wanted: WantedChange): Promise<WorkflowRow>
  /** Jobs that were accepted run to their end. */
  remove(accountId: string, idOrSlug: string): Promise<void>
  /** The workflow as it takes jobs at this moment. @throws AppError `workflow.inactive` */
  open(accountId: string, slug: string): Promise<OpenWorkflow>
  /** Those of the job types that no workflow of the account has or has had. */
  unknownTypes(accountId: string, types: readonly string[]): Promise<string[]>
}

/** How often a change is tried again when somebody else was faster. */
const CHANGES_MAX = 5

export function createWorkflows(options: {
  readonly store: WorkflowStore
  readonly clock: Clock
  readonly newId: () => string
}): Workflows {
  const { store, clock, newId } = options

  async function get(accountId: string, idOrSlug: string): Promise<WorkflowRow> {
    const row = await store.findWorkflow(accountId, idOrSlug)
    if (!row) throw new AppError('workflow.not_found', { detail: 'The account has no such workflow.' })
    return row
  }

  return {
    list: (accountId) => store.listWorkflows(accountId),
    get,
    async create(accountId, { slug, isActive, definition }) {
      const problems = [...problemsOfSlug(slug), ...problemsOfDefinition(definition)]
      if (problems.length > 0) throw invalidFields(problems)
      const id = newId()
      const workflow = {
        id,
        accountId,
        slug,
        type: customType(slug),
        isActive,
        versionId: newId(),
        definition: JSON.stringify(definition),
        createdAt: clock.now(),
      }
      const outcome = await store.insertWorkflow(workflow, WORKFLOWS_MAX)
      if (outcome === 'slug') throw slugTaken(slug)
      if (outcome === 'limit') throw limitReached()
      return { ...workflow, version: 1, updatedAt: workflow.createdAt }
    },
    async change(accountId, idOrSlug, { slug, isActive, ...wanted }) {
      for (let count = 0; count < CHANGES_MAX; count++) {
        const present = await get(accountId, idOrSlug)
        const definition = { ...readDefinition(present.definition), ...withoutUndefined(wanted) }
        const problems = problemsOfDefinition(definition)
        if (slug !== undefined && slug !== present.slug) problems.unshift(SLUG_CHANGED)
        if (problems.length > 0) throw invalidFields(problems)
        const text = JSON.stringify(definition)
        const change = {
          ...(isActive !== undefined && { isActive }),
          ...(text !== present.definition && { definition: { versionId: newId(), text } }),
        }
        const changed = await store.updateWorkflow(accountId, present.id, present.version, change, clock.now())
        if (changed) return changed
      }
      throw new AppError('workflow.changed', { detail: 'Others change the workflow at this moment. Try it again.' })
    },
    async remove(accountId, idOrSlug) {
      const { id } = await get(accountId, idOrSlug)
      await store.deleteWorkflow(accountId, id, clock.now())
    },
    async open(accountId, slug) {
      const { type, isActive, versionId, definition } = await get(accountId, slug)
      if (!isActive) throw new AppError('workflow.inactive', { detail: `The workflow "${slug}" is switched off.` })
      const { parameters, runBy, inputMode } = readDefinition(definition)
      return {
        type,
        path: customPath(type),
        runBy,
        inputMode,
        files: filesOf(parameters),
        check(body, documents) {
          const checked =
            inputMode === 'multipart/form-data'
              ? checkFormParameters(parameters, { body, files: new Set(Object.keys(documents)) })
              : checkJsonParameters(parameters, body)
          if ('problems' in checked) throw invalidFields(checked.problems)
          const hasFiles = Object.keys(documents).length > 0
          return { workflow_version: versionId, parameters: checked.values, ...(hasFiles && { documents }) }
        },
      }
    },
    async unknownTypes(accountId, types) {
      const known = new Set(await store.knownWorkflowTypes(accountId, types))
      return types.filter((type) => !known.has(type))
    },
  }
}

/** None is required of the upload itself: what is missing is said with all else that is. */
function filesOf(parameters: readonly WorkflowParameter[]): TaskFile[] {
  const files = parameters.filter(({ type }) => type === 'form_data_file')
  return files.map(({ key }) => ({ field: key, accepts: [...TEXT_KINDS, ...PICTURE_KINDS], required: false }))
}

const SLUG_CHANGED = {
  field: 'slug',
  message: 'cannot be changed: it is the address of the workflow. Make a new workflow and delete this one',
}

/** Fields that were left out must not take away those that are there. */
function withoutUndefined<Fields extends object>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>
  }
}

function slugTaken(slug: string): AppError {
  const message = `"${slug}" is the slug of another workflow of this account`
  return new AppError('workflow.slug_taken', { detail: `The slug ${message}.`, fields: [{ field: 'slug', message }] })
}

function limitReached(): AppError {
  return new AppError('workflow.limit_reached', {
    detail: `The account has ${WORKFLOWS_MAX} workflows and may not have more. Delete one first.`,
  })
}
