import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'oxc-parser'
import { root } from './repository-files.ts'

const known = new Map<string, readonly string[]>()

/**
 * What a file of the repository names in imports, exports and the URLs of its worker threads, types included.
 * @throws when it cannot be parsed
 */
export function specifiersOf(file: string): readonly string[] {
  const names = known.get(file) ?? readSpecifiers(file)
  known.set(file, names)
  return names
}

function readSpecifiers(file: string): readonly string[] {
  const source = readFileSync(join(root, file), 'utf8')
  const { module, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join('; ')}`)
  const names = [
    ...module.staticImports.map((found) => found.moduleRequest.value),
    ...module.staticExports.flatMap((found) => found.entries.map((entry) => entry.moduleRequest?.value ?? '')),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start + 1, end - 1)),
    ...[...source.matchAll(/new URL\(\s*'([^']+\.ts)',\s*import\.meta\.url/g)].map(([, path = '']) => path),
  ]
  return names.filter((name) => name !== '')
}

/** The files that a file imports by a relative path. */
function neighboursOf(file: string): readonly string[] {
  const relative = specifiersOf(file).filter((name) => name.startsWith('.'))
  return relative.map((name) => posix.join(posix.dirname(file), name))
}

/** One circle of the imports among these files, from a file back to itself; empty when there is none. */
export function findCircle(files: readonly string[], importsOf = neighboursOf): readonly string[] {
  const open = new Set(files)
  // What imports none of those that are left is in no circle, nor is anything that then imports none.
  for (let before = open.size + 1; before > open.size; ) {
    before = open.size
    for (const file of open) if (!importsOf(file).some((name) => open.has(name))) open.delete(file)
  }
  // From any other one, the way along imports that are left ends nowhere: it comes back to itself.
  const way: string[] = []
  for (let [next] = open; next !== undefined; next = importsOf(next).find((name) => open.has(name))) {
    const first = way.indexOf(next)
    if (first !== -1) return [...way.slice(first), next]
    way.push(next)
  }
  return []
}
