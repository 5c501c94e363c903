import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findCircle, specifiersOf } from './imports.ts'
import { repositoryFiles, root } from './repository-files.ts'

const SOURCE = 'packages/server/src/'

interface Room {
  readonly name: string
  readonly mayImport: readonly string[]
}

/** The table of rooms that ARCHITECTURE.md prints: `| name | what it does | may import |`. */
function readRooms(): Map<string, Room> {
  const rows = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| `(\w+)` \|.*\| ([^|]*) \|$/gm)
  const rooms = [...rows].map(([, name = '', list = '']): Room => ({ name, mayImport: list.match(/\w+/g) ?? [] }))
  return new Map(rooms.map((room) => [room.name, room]))
}

/** The room of a file below src: its folder. Of the files at the top, all but main.js and config.ts belong to `app`. */
function roomOf(pathInSource: string): string {
  const [first = '', ...rest] = pathInSource.split('/')
  if (rest.length > 0) return first
  return /^(main|config)(\.test)?\.ts$/.test(first) ? (first.split('.')[0] as string) : 'app'
}

/** The rooms that a file imports from: by relative path, and the packages of the workspace. */
function importsOf(file: string): string[] {
  return specifiersOf(file).flatMap((name) => {
    const path = posix.join(posix.dirname(file), name)
    if (name.startsWith('.')) return path.startsWith(SOURCE) ? [roomOf(path.slice(SOURCE.length))] : []
    return name.startsWith('@ringback/') ? [name.split('/')[1] as string] : []
  })
}

const rooms = readRooms()
const files = repositoryFiles().filter((file) => file.startsWith(SOURCE) && file.endsWith('.ts'))

describe('the rooms of the server', () => {
  test('every folder of the source has a row in ARCHITECTURE.md, and every row has a folder', () => {
    const present = new Set(files.map((file) => roomOf(file.slice(SOURCE.length))))
    present.add('contract')
    expect([...rooms.keys()].sort()).toEqual([...present].sort())
  })

  test('the table names only rooms that it has rows for, and allows no circle', () => {
    const below = (name: string, path: readonly string[]): void => {
      expect(path, `circle: ${[...path, name].join(' → ')}`).not.toContain(name)
      const room = rooms.get(name)
      expect(room, `${name} has no row`).toBeDefined()
      for (const next of room?.mayImport ?? []) below(next, [...path, name])
    }
    for (const name of rooms.keys()) below(name, [])
  })

  test('a file imports only from its own room and from those that the table allows', () => {
    const wrong = files
      .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('conformance.ts'))
      .flatMap((file) => {
        const own = roomOf(file.slice(SOURCE.length))
        const allowed = new Set([own, ...(rooms.get(own)?.mayImport ?? [])])
        return importsOf(file)
          .filter((name) => !allowed.has(name))
          .map((name) => `${file} imports ${name}`)
      })
    expect(wrong).toEqual([])
  })

  test('the contract imports nothing of the server', () => {
    const contract = repositoryFiles().filter((file) => /^packages\/contract\/src\/.*\.ts$/.test(file))
    expect(contract.length).toBeGreaterThan(0)
    for (const file of contract) {
      expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/from '(ringback|\.\.\/\.\.\/server)/)
    }
  })
})

/** The floors of the dashboard, the top one first: a file may import from its own floor and from those below. */
const FLOORS = ['main', 'router', 'shell', 'views', 'ui', 'api', 'lib'] as const
const DASHBOARD = 'packages/dashboard/src/'

describe('the floors of the dashboard', () => {
  const floorOf = (path: string) => FLOORS.indexOf((/^\w+/.exec(path)?.[0] ?? '') as (typeof FLOORS)[number])
  const sources = repositoryFiles().filter((file) => file.startsWith(DASHBOARD) && /\.tsx?$/.test(file))

  test('every file is on one of them', () => {
    expect(sources.filter((file) => floorOf(file.slice(DASHBOARD.length)) === -1)).toEqual([])
  })

  test('imports go down, and outside only to packages and the contract', () => {
    const wrong = sources
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) => {
        const own = floorOf(file.slice(DASHBOARD.length))
        return specifiersOf(file)
          .filter((name) => name.startsWith('.') || name.startsWith('@ringback/'))
          .filter((name) => {
            if (name === '@ringback/contract') return false
            const path = posix.join(posix.dirname(file), name)
            return !path.startsWith(DASHBOARD) || floorOf(path.slice(DASHBOARD.length)) < own
          })
          .map((name) => `${file} imports ${name}`)
      })
    expect(wrong.filter((line) => !line.endsWith('styles.css'))).toEqual([])
  })
})

describe('circles of imports', () => {
  test('there is none, inside a room as little as in tests and tools, types and worker threads included', () => {
    const sources = repositoryFiles().filter((file) => /^(packages|bench|scripts|test)\/.*\.(tsx?|js)$/.test(file))
    expect(sources.length).toBeGreaterThan(files.length)
    expect(findCircle(sources)).toEqual([])
  })

  test('one would be found, and told without what only leads to it', () => {
    const imports: Record<string, string[]> = { above: ['one'], one: ['two', 'below'], two: ['three'], three: ['one'] }
    const importsOf = (name: string) => imports[name] ?? []
    expect(findCircle(['above', 'one', 'two', 'three', 'below'], importsOf)).toEqual(['one', 'two', 'three', 'one'])
    expect(findCircle(['above', 'one', 'two', 'below'], importsOf)).toEqual([])
  })
})

test('the check sees the imports it is about', () => {
  expect(importsOf(`${SOURCE}config/parse-config.ts`)).toEqual(expect.arrayContaining(['config', 'lib']))
  expect(importsOf(`${SOURCE}tasks/task.ts`)).toContain('contract')
})
