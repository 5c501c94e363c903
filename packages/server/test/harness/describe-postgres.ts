import { describe, inject, test } from 'vitest'
import type { TestPostgres } from './postgres-global-setup.ts'

/**
 * `describe` for tests that need a real PostgreSQL; `define` gets the administrator's URL of the run's server, and
 * what it has to copy. Where there is none, one skipped test with the reason stands for all.
 */
export function describePostgres(name: string, define: (adminUrl: string, server: TestPostgres) => void): void {
  const postgres = inject('postgres')
  describe(name, () => {
    if ('adminUrl' in postgres) define(postgres.adminUrl, postgres)
    else test(`needs PostgreSQL`, ({ skip }) => skip(postgres.reason))
  })
}
