import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { describePostgres } from './describe-postgres.ts'
import { startPostgresCluster } from './postgres-cluster.ts'
import { createDatabase } from './postgres-database.ts'

async function show(url: string, setting: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ value: string }>(`select current_setting('${setting}') as value`)
  await client.end()
  return rows[0]?.value ?? ''
}

describePostgres('the PostgreSQL of tests and measurements', (adminUrl) => {
  test('a durable server waits for the disk, and stopping it removes its files', async () => {
    const cluster = await startPostgresCluster({ durable: true })
    expect(await show(cluster.adminUrl, 'fsync')).toBe('on')
    const folder = await show(cluster.adminUrl, 'data_directory')
    await cluster.stop()
    await cluster.stop()
    expect(existsSync(folder)).toBe(false)
    await expect(show(cluster.adminUrl, 'fsync')).rejects.toThrow('ECONNREFUSED')
  })

  test('the server of a process that is killed ends by itself, with its files', async () => {
    const program = `
      const { startPostgresCluster } = await import(${JSON.stringify(new URL('./postgres-cluster.ts', import.meta.url))})
      console.log((await startPostgresCluster({ durable: false })).adminUrl)
      setInterval(() => {}, 1_000)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(owner.stdout, 'data')) as [Buffer]
    const url = line.toString().trim()
    const folder = await show(url, 'data_directory')
    const client = new Client({ connectionString: url })
    await client.connect()
    const ended = once(client, 'error')
    client.on('error', () => {})
    owner.kill('SIGKILL')
    await ended
    await expect.poll(() => existsSync(folder)).toBe(false)
  })

  test('a database copies its template and is gone when it was dropped', async () => {
    const template = await createDatabase(adminUrl)
    const client = new Client({ connectionString: template.url })
    await client.connect()
    await client.query(`create table copied ()`)
    await client.end()
    const copy = await createDatabase(adminUrl, new URL(template.url).pathname.slice(1))
    const reader = new Client({ connectionString: copy.url })
    await reader.connect()
    expect((await reader.query('select from copied')).rowCount).toBe(0)
    const closed = once(reader, 'error')
    reader.on('error', () => {})
    await Promise.all([copy.drop(), closed])
    await expect(show(copy.url, 'jit')).rejects.toThrow('does not exist')
    await template.drop()
  })
})
