import type { NewWorkflow, WorkflowRow, WorkflowStore } from '../workflows.ts'
import { type Connection, type Database, statement } from './database.ts'

const SELECT = `select w.id, w.account_id as "accountId", w.slug, w.type, w.is_active as "isActive", w.version,
    v.id as "versionId", v.definition, w.created_at as "createdAt", w.updated_at as "updatedAt"
  from workflows w join workflow_versions v on v.workflow_id = w.id and v.number = w.version
  where w.account_id = $1 and w.deleted_at is null`

const FIND = statement('find_workflow', `${SELECT} and (w.id = $2 or w.slug = $2)`)

const LIST = statement('list_workflows', `${SELECT} order by w.id desc`)

/** Who adds a workflow waits here for others of the account, so that the limit is exact. */
const LOCK_ACCOUNT = statement('lock_account', 'select id from accounts where id = $1 for no key update')

const COUNT = statement(
  'count_workflows',
  'select count(*) as count from workflows where account_id = $1 and deleted_at is null',
)

const INSERT = statement(
  'insert_workflow',
  `
  insert into workflows (id, account_id, slug, type, is_active, version, created_at, updated_at)
  values ($1, $2, $3, $4, $5, 1, $6, $6) on conflict (account_id, slug) do nothing returning id
  `,
)

const INSERT_VERSION = statement(
  'insert_workflow_version',
  'insert into workflow_versions (id, workflow_id, number, definition, created_at) values ($1, $2, $3, $4, $5)',
)

const UPDATE = statement(
  'update_workflow',
  `
  update workflows set version = $1, is_active = coalesce($2, is_active), updated_at = $3
  where account_id = $4 and id = $5 and version = $6 and deleted_at is null returning id
  `,
)

/** The slug is free again; the row stays for the jobs of its type. */
const DELETE = statement(
  'delete_workflow',
  `
  update workflows set deleted_at = $3, updated_at = $3, slug = 'deleted ' || id
  where account_id = $1 and id = $2 and deleted_at is null returning id
  `,
)

const FIND_VERSION = statement(
  'find_workflow_version',
  `
  select v.definition from workflow_versions v join workflows w on w.id = v.workflow_id
  where w.account_id = $1 and v.id = $2
  `,
)

const KNOWN_TYPES = statement(
  'known_workflow_types',
  'select distinct type from workflows where account_id = $1 and type = any ($2::text[])',
)

/** Workflows and their versions. */
export function workflowOperations(database: Database): WorkflowStore {
  async function find(connection: Connection, accountId: string, idOrSlug: string): Promise<WorkflowRow | null> {
    const [row] = await connection.run<WorkflowRow>(FIND, [accountId, idOrSlug])
    return row ?? null
  }

  return {
    findWorkflow: (accountId, idOrSlug) => find(database, accountId, idOrSlug),
    listWorkflows: (accountId) => database.run<WorkflowRow>(LIST, [accountId]),
    insertWorkflow: (workflow, workflowsMax) =>
      database.transaction(async (connection) => {
        await connection.run(LOCK_ACCOUNT, [workflow.accountId])
        const [present] = await connection.run<{ count: number }>(COUNT, [workflow.accountId])
        if ((present?.count ?? 0) >= workflowsMax) return 'limit'
        if ((await connection.run(INSERT, valuesOf(workflow))).length === 0) return 'slug'
        const { versionId, id, definition, createdAt } = workflow
        await connection.run(INSERT_VERSION, [versionId, id, 1, definition, createdAt])
        return 'inserted'
      }),
    updateWorkflow: (accountId, workflowId, version, { isActive, definition }, now) =>
      database.transaction(async (connection) => {
        const nextVersion = definition ? version + 1 : version
        const changed = [nextVersion, isActive ?? null, now, accountId, workflowId, version]
        if ((await connection.run(UPDATE, changed)).length === 0) return null
        if (definition) {
          await connection.run(INSERT_VERSION, [definition.versionId, workflowId, nextVersion, definition.text, now])
        }
        return find(connection, accountId, workflowId)
      }),
    async deleteWorkflow(accountId, workflowId, now) {
      return (await database.run(DELETE, [accountId, workflowId, now])).length > 0
    },
    async findWorkflowVersion(accountId, versionId) {
      const [row] = await database.run<{ definition: string }>(FIND_VERSION, [accountId, versionId])
      return row ?? null
    },
    async knownWorkflowTypes(accountId, types) {
      const rows = await database.run<{ type: string }>(KNOWN_TYPES, [accountId, types])
      return rows.map(({ type }) => type)
    },
  }
}

function valuesOf({ id, accountId, slug, type, isActive, createdAt }: NewWorkflow): unknown[] {
  return [id, accountId, slug, type, isActive, createdAt]
}
