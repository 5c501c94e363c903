import type { HttpDeps } from '../../src/http/deps.ts'
import { openTestHttp, type TestHttp } from '../../src/http/test-http.ts'
import { type Lifetime, useOwn } from './use-own.ts'

/** The HTTP side for all tests of a file, or one for each of them. */
export function useTestHttp(lifetime: Lifetime = 'suite', overrides?: Partial<HttpDeps>): TestHttp {
  return useOwn(
    () => openTestHttp(overrides),
    (http) => http[Symbol.asyncDispose](),
    lifetime,
  )
}
