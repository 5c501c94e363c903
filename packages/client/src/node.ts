import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import type { NamedData } from './files.ts'

/**
 * A file of the disk, for upload. It is not read before it is sent, and then in pieces: a large one takes no memory. It must
 * not change until then.
 * @param options.name instead of its own: the server tells the kind of a file by its name and its bytes
 * @throws Error when there is no such file
 */
export async function fileFromPath(
  path: string,
  options: { readonly name?: string; readonly type?: string } = {},
): Promise<NamedData> {
  const data = await openAsBlob(path, options.type === undefined ? {} : { type: options.type })
  return { name: options.name ?? basename(path), data }
}
