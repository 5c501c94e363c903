import { describe, inject, test } from 'vitest'
import './postgres-global-setup.ts'

/**
 * `describe` for tests that need a real PostgreSQL; `define` gets the administrator's URL of the run's server. Where
 * there is none, one skipped test with the reason stands for all.
 */
export function describePostgres(name: string, define: (adminUrl: string) => void): void {
  const postgres = inject('postgres')
  describe(name, () => {
    if ('adminUrl' in postgres) define(postgres.adminUrl)
    else test(`needs PostgreSQL`, ({ skip }) => skip(postgres.reason))
  })
}
