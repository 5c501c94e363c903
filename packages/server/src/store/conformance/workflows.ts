import { expect, test } from 'vitest'
import { newId } from '../../lib/ids.ts'
import type { NewWorkflow, WorkflowRow } from '../workflows.ts'
import { NOON, type OpenStore, useWorld } from './world.ts'

export function describeWorkflows(open: OpenStore): void {
  const world = useWorld(open)

  const newWorkflow = (accountId: string, change: Partial<NewWorkflow> = {}): NewWorkflow => ({
    id: newId(),
    accountId,
    slug: 'invoice-check',
    type: 'custom_invoice_check',
    isActive: true,
    versionId: newId(),
    definition: '{"name":"one"}',
    createdAt: NOON,
    ...change,
  })

  async function workflow(accountId: string, change: Partial<NewWorkflow> = {}): Promise<WorkflowRow> {
    const row = newWorkflow(accountId, change)
    expect(await world.store.insertWorkflow(row, 100)).toBe('inserted')
    return (await world.store.findWorkflow(accountId, row.id)) as WorkflowRow
  }

  test('a workflow is found by id or slug, by its account only', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const inserted = newWorkflow(account.id)
    await world.store.insertWorkflow(inserted, 100)
    const expected = { ...inserted, version: 1, updatedAt: NOON }
    expect(await world.store.findWorkflow(account.id, inserted.id)).toEqual(expected)
    expect(await world.store.findWorkflow(account.id, inserted.slug)).toEqual(expected)
    expect(await world.store.findWorkflow(other.id, inserted.id)).toBeNull()
    expect(await world.store.findWorkflow(other.id, inserted.slug)).toBeNull()
    expect(await world.store.listWorkflows(other.id)).toEqual([])
  })

  test('accounts have slugs of their own; in one account a slug is there once', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const first = await workflow(account.id)
    await workflow(other.id)
    expect(await world.store.insertWorkflow(newWorkflow(account.id, { definition: '{}' }), 100)).toBe('slug')
    expect(await world.store.listWorkflows(account.id)).toEqual([first])
  })

  test('the list is newest first, and the limit is exact when many are added at once', async () => {
    const { id: accountId } = await world.account()
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        world.store.insertWorkflow(newWorkflow(accountId, { slug: `slug-${index}`, type: `custom_slug_${index}` }), 5),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(5)
    expect(outcomes.filter((outcome) => outcome === 'limit')).toHaveLength(3)
    const ids = (await world.store.listWorkflows(accountId)).map(({ id }) => id)
    expect(ids).toEqual(ids.toSorted().reverse())
  })

  test('a changed definition is a new version; the old one stays readable, for its account', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const before = await workflow(account.id)
    const definition = { versionId: newId(), text: '{"name":"two"}' }
    const after = await world.store.updateWorkflow(account.id, before.id, 1, { definition }, NOON + 7)
    const changed = { version: 2, versionId: definition.versionId, definition: definition.text, updatedAt: NOON + 7 }
    expect(after).toEqual({ ...before, ...changed })
    expect(await world.store.findWorkflowVersion(account.id, before.versionId)).toEqual({
      definition: before.definition,
    })
    expect(await world.store.findWorkflowVersion(other.id, before.versionId)).toBeNull()
  })

  test('who saw an older version changes nothing', async () => {
    const { id: accountId } = await world.account()
    const { id } = await workflow(accountId)
    const change = (text: string) => ({ definition: { versionId: newId(), text } })
    const changes = await Promise.all(
      ['a', 'b', 'c'].map((text) => world.store.updateWorkflow(accountId, id, 1, change(text), NOON)),
    )
    expect(changes.filter((row) => row !== null)).toHaveLength(1)
    expect((await world.store.findWorkflow(accountId, id))?.version).toBe(2)
  })

  test('switching it on and off makes no version', async () => {
    const { id: accountId } = await world.account()
    const before = await workflow(accountId)
    const off = await world.store.updateWorkflow(accountId, before.id, 1, { isActive: false }, NOON + 1)
    expect(off).toEqual({ ...before, isActive: false, updatedAt: NOON + 1 })
    expect(await world.store.updateWorkflow(accountId, before.id, 1, { isActive: true }, NOON + 2)).toMatchObject({
      isActive: true,
    })
  })

  test('a deleted one is gone, its slug is free, its versions and its type are known', async () => {
    const [account, other] = [await world.account(), await world.account()]
    const row = await workflow(account.id)
    expect(await world.store.deleteWorkflow(other.id, row.id, NOON)).toBe(false)
    expect(await world.store.deleteWorkflow(account.id, row.id, NOON)).toBe(true)
    expect(await world.store.deleteWorkflow(account.id, row.id, NOON)).toBe(false)
    expect(await world.store.findWorkflow(account.id, row.slug)).toBeNull()
    expect(await world.store.updateWorkflow(account.id, row.id, 1, { isActive: false }, NOON)).toBeNull()
    expect(await world.store.findWorkflowVersion(account.id, row.versionId)).toEqual({ definition: row.definition })
    expect(await world.store.knownWorkflowTypes(account.id, [row.type, 'custom_other'])).toEqual([row.type])
    await workflow(account.id)
    expect(await world.store.knownWorkflowTypes(account.id, [row.type])).toEqual([row.type])
    expect(await world.store.knownWorkflowTypes(other.id, [row.type])).toEqual([])
  })
}
