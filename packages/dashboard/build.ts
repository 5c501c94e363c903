/**
 * Builds the dashboard into the folder that the argument names: `node build.ts <folder>`. Every text is there compressed
 * too, so that the server compresses nothing.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build } from 'vite'

const COMPRESSED = /\.(js|css|svg)$/

// Whoever starts this may be a test or a developer: people always get the same files.
process.env.NODE_ENV = 'production'

const outDir = process.argv[2] ?? fileURLToPath(new URL('dist/manual', import.meta.url))
const root = fileURLToPath(new URL('.', import.meta.url))
await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir, emptyOutDir: true } })

const assets = join(outDir, 'assets')
for (const name of await readdir(assets)) {
  if (!COMPRESSED.test(name)) continue
  const file = join(assets, name)
  const content = await readFile(file)
  await writeFile(`${file}.br`, await promisify(brotliCompress)(content))
  await writeFile(`${file}.gz`, await promisify(gzip)(content))
}
