import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryFiles, root } from './repository-files.ts'

/** Longer files are about more than one thing. */
const LINES_MAX = 500

/** Written by machines, or standard texts that must stay as they are. */
const NOT_OURS = /^(package-lock\.json|LICENSE)$/

/** Begins the names of things that are only on a developer's machine. Put together here so as not to match itself. */
const LOCAL_PATH = new RegExp(['/wo', 'rk/|/ho', 'me/[a-z]|/Us', 'ers/[a-z]|C:\\\\Us', 'ers'].join(''))

/** Forms of real credentials: private keys and the tokens of well-known services. */
const CREDENTIAL = new RegExp(
  [
    '-----BEGIN [A-Z ]*PRIV' + 'ATE KEY-----',
    '\\bAK' + 'IA[0-9A-Z]{16}\\b',
    '\\bgh' + '[pousr]_[A-Za-z0-9]{36}\\b',
    '\\bsk-(ant-|proj-)?' + '[A-Za-z0-9]{32,}\\b',
    '\\bxox' + '[bpa]-[0-9A-Za-z-]{20,}',
  ].join('|'),
)

const texts = repositoryFiles()
  .filter((file) => !NOT_OURS.test(file))
  .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n') }))

/** `file:line` of each line that the pattern finds. */
function find(pattern: RegExp, only: (file: string) => boolean = () => true): string[] {
  return texts
    .filter(({ file }) => only(file))
    .flatMap(({ file, lines }) => lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])))
}

describe('the repository', () => {
  test(`has no file of more than ${LINES_MAX} lines`, () => {
    expect(texts.filter(({ lines }) => lines.length > LINES_MAX + 1).map(({ file }) => file)).toEqual([])
  })

  test('has no note about work left undone', () => {
    expect(find(new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X:'].map((word) => `\\b${word}`).join('|')))).toEqual([])
  })

  test('has no test that is switched off, or that runs alone', () => {
    expect(find(/\b(test|describe|it)\.(skip|only|todo)\(/, (file) => file.endsWith('.ts'))).toEqual([])
  })

  test('has no path that exists only on one machine', () => {
    expect(find(LOCAL_PATH)).toEqual([])
  })

  test('has no credentials', () => {
    expect(find(CREDENTIAL, (file) => !file.includes('/fixtures/'))).toEqual([])
  })

  test('has no database, log or build output', () => {
    expect(texts.map(({ file }) => file).filter((file) => /\.(db|db-wal|log|tgz)$|(^|\/)dist\//.test(file))).toEqual([])
  })
})
