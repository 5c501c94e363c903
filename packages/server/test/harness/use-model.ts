import { beforeAll } from 'vitest'
import { type ConfiguredTaskModel, createTaskModel } from '../../src/models/task-model.ts'
import { type MODELS, modelConfigAt } from './model-configs.ts'
import type { ModelServer } from './model-server.ts'
import { useOwn } from './use-own.ts'

/** A model of a provider at a server of the tests, for all tests of a suite. */
export function useModel(server: ModelServer, config: (typeof MODELS)[number]): ConfiguredTaskModel {
  return useOwn(
    async () => {
      const model = createTaskModel({ config: modelConfigAt(server, config) })
      await model.warmUp()
      return model
    },
    (model) => model.close(),
    'suite',
  )
}

/** Imports the SDK before the first test of a file: that is slow under vitest, and would count against the test. */
export function useWarmSdk(): void {
  const config = { provider: 'compatible', modelId: 'm', baseUrl: 'http://x', apiKey: null } as const
  beforeAll(() => createTaskModel({ config }).warmUp())
}
