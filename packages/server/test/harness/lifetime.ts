import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'

/** Whether each test of a suite has its own of something, or all tests have one. */
export type Lifetime = 'test' | 'suite'

/** The hooks in which something with this lifetime is made and taken away. */
export function lifeOf(lifetime: Lifetime): Record<'before' | 'after', (hook: () => Promise<void>) => void> {
  return lifetime === 'test' ? { before: beforeEach, after: afterEach } : { before: beforeAll, after: afterAll }
}
