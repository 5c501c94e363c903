import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const garbage = pathToFileURL(`${import.meta.dirname}/garbage.ts`).href

test('V8 knows the flag: of one that it does not know it says so, and goes on', () => {
  const program = `import { keepNewObjectsYoung } from ${JSON.stringify(garbage)}; keepNewObjectsYoung()`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})
