import type { WorkflowRow, WorkflowStore } from '../workflows.ts'
import type { Database } from './database.ts'
import type { Synchronous } from './synchronous.ts'

/** SQLite has no booleans. */
type StoredWorkflow = Omit<WorkflowRow, 'isActive'> & { isActive: number }

function toWorkflow(row: StoredWorkflow): WorkflowRow {
  return { ...row, isActive: row.isActive === 1 }
}

const SELECT = `select w.id, w.account_id as accountId, w.slug, w.type, w.is_active as isActive, w.version,
    v.id as versionId, v.definition, w.created_at as createdAt, w.updated_at as updatedAt
  from workflows w join workflow_versions v on v.workflow_id = w.id and v.number = w.version
  where w.account_id = ?1 and w.deleted_at is null`

/** Workflows and their versions. */
export function workflowOperations(database: Database): Synchronous<WorkflowStore> {
  const find = database.prepare<StoredWorkflow>(`${SELECT} and (w.id = ?2 or w.slug = ?2)`)
  const list = database.prepare<StoredWorkflow>(`${SELECT} order by w.id desc`)
  const count = database.prepare<{ count: number }>(
    'select count(*) as count from workflows where account_id = ? and deleted_at is null',
  )
  const insert = database.prepare(
    `insert into workflows (id, account_id, slug, type, is_active, version, created_at, updated_at)
     values (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6) on conflict (account_id, slug) do nothing`,
  )
  const insertVersion = database.prepare(
    'insert into workflow_versions (id, workflow_id, number, definition, created_at) values (?, ?, ?, ?, ?)',
  )
  const update = database.prepare(
    `update workflows set version = ?1, is_active = coalesce(?2, is_active), updated_at = ?3
     where account_id = ?4 and id = ?5 and version = ?6 and deleted_at is null`,
  )
  // The slug is free again; the row stays for the jobs of its type.
  const remove = database.prepare(
    `update workflows set deleted_at = ?1, updated_at = ?1, slug = 'deleted ' || id
     where account_id = ?2 and id = ?3 and deleted_at is null`,
  )
  const findVersion = database.prepare<{ definition: string }>(
    `select v.definition from workflow_versions v join workflows w on w.id = v.workflow_id
     where w.account_id = ? and v.id = ?`,
  )
  const knownTypes = database.prepare<{ type: string }>(
    `select distinct type from workflows where account_id = ?1 and type in (select value from json_each(?2))`,
  )

  function findWorkflow(accountId: string, idOrSlug: string): WorkflowRow | null {
    const row = find.get(accountId, idOrSlug)
    return row ? toWorkflow(row) : null
  }

  return {
    findWorkflow,
    listWorkflows: (accountId) => list.all(accountId).map(toWorkflow),
    insertWorkflow({ id, accountId, slug, type, isActive, versionId, definition, createdAt }, workflowsMax) {
      if ((count.get(accountId)?.count ?? 0) >= workflowsMax) return 'limit'
      if (insert.run(id, accountId, slug, type, isActive ? 1 : 0, createdAt) === 0) return 'slug'
      insertVersion.run(versionId, id, 1, definition, createdAt)
      return 'inserted'
    },
    updateWorkflow(accountId, workflowId, version, { isActive, definition }, now) {
      const nextVersion = definition ? version + 1 : version
      const active = isActive === undefined ? null : Number(isActive)
      if (update.run(nextVersion, active, now, accountId, workflowId, version) === 0) return null
      if (definition) insertVersion.run(definition.versionId, workflowId, nextVersion, definition.text, now)
      return findWorkflow(accountId, workflowId)
    },
    deleteWorkflow: (accountId, workflowId, now) => remove.run(now, accountId, workflowId) > 0,
    findWorkflowVersion: (accountId, versionId) => findVersion.get(accountId, versionId) ?? null,
    knownWorkflowTypes: (accountId, types) => knownTypes.all(accountId, JSON.stringify(types)).map(({ type }) => type),
  }
}
