import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'
import { messageOf } from '../lib/errors.ts'
import { BadValue } from './setting.ts'
import { maskPasswords } from './value-parsers.ts'

/**
 * Parses `file:<path>` (relative to the working directory, or absolute, also as `file:///…`) or a PostgreSQL URL.
 * `:memory:` is refused: a job that was answered 202 would not be on disk.
 */
export function databaseUrl(text: string): Config['database'] {
  if (/^postgres(ql)?:/.test(text)) return { engine: 'postgres', url: postgresUrl(text) }
  if (text.startsWith('file:')) return { engine: 'sqlite', file: filePath(text) }
  throw new BadValue()
}

function postgresUrl(text: string): string {
  const url = URL.parse(text)
  if (!url)
    throw new BadValue('this is not a valid URL; characters such as # / @ in a password must be percent-encoded')
  if (!/^postgres(ql)?:\/\//.test(text)) throw new BadValue('write two slashes: postgres://user@host/database')
  if (url.pathname.length < 2) throw new BadValue('the name of the database is missing: postgres://user@host/database')
  return text
}

function filePath(text: string): string {
  if (/[?#]/.test(text)) throw new BadValue('a query or fragment is not supported')
  let path = text.slice('file:'.length)
  if (path.startsWith('//')) {
    try {
      path = fileURLToPath(text)
    } catch (error) {
      throw new BadValue(`${messageOf(error)}; write file:./data/ringback.db or file:/var/lib/ringback.db`)
    }
  }
  if (path.includes(':memory:')) throw new BadValue('a database in memory would lose accepted jobs; name a file')
  if (path === '' || path.endsWith('/')) throw new BadValue('the name of the file is missing')
  return path
}

/** The database as people may see it: never a password. */
export function showDatabase(database: Config['database']): string {
  return database.engine === 'sqlite' ? `file:${database.file}` : maskPasswords(database.url)
}
