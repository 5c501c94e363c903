import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../lib/clock.ts'
import { messageOf } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** What the files are made from; anything else may change without a build. */
const SOURCES = ['packages/dashboard/src', 'packages/dashboard/public', 'packages/contract/src']
const SOURCE_FILES = [
  'packages/dashboard/index.html',
  'packages/dashboard/build.ts',
  'packages/dashboard/vite.config.ts',
  'package-lock.json',
]

/** Holds one folder a build, named by the hash of its sources: a folder that is there is complete and current. */
const DIST = 'packages/dashboard/dist'

/** A build takes seconds: what is not complete after so long was left by one that was killed. */
const LEFT_BEHIND_MS = 3_600_000

/** Longest piece of what a failed build printed that is told. */
const REASON_LENGTH_MAX = 2_000

/** Where the files of the dashboard are, or why there are none. */
export type DashboardState =
  | { readonly state: 'ready'; readonly folder: string }
  | { readonly state: 'building' }
  | { readonly state: 'failed'; readonly reason: string }

export interface DashboardFiles {
  /** The state as it is known now; waits only for the look at the sources, which takes some milliseconds. */
  current(): Promise<DashboardState>
  /** Resolves when there is nothing to wait for any more: `ready` or `failed`. */
  settled(): Promise<DashboardState>
  /** Ends a build that is under way. */
  stop(): void
}

/**
 * Finds the files of the dashboard, and builds them when they are missing or older than their sources: when it is first
 * asked, so that a start waits for neither. `onBuilt` is told of a build, and how many milliseconds it took.
 */
export function openDashboardFiles(options: {
  clock: Clock
  root?: string
  onBuilt?: (durationMs: number) => void
  onFailed?: (reason: string) => void
}): DashboardFiles {
  const { clock, root = ROOT, onBuilt, onFailed } = options
  const stopped = new AbortController()
  let state: DashboardState = { state: 'building' }
  let looked: ReturnType<typeof lookForBuild> | null = null
  let known: Promise<DashboardState> | null = null

  async function findOrBuild(): Promise<DashboardState> {
    try {
      looked ??= lookForBuild(root)
      const { folder, isBuilt } = await looked
      if (!isBuilt) {
        const startMs = clock.monotonicMs()
        await build(root, folder, clock.now(), stopped.signal)
        onBuilt?.(clock.monotonicMs() - startMs)
      }
      state = { state: 'ready', folder }
    } catch (error) {
      const reason = messageOf(error)
      if (!stopped.signal.aborted) onFailed?.(reason)
      state = { state: 'failed', reason }
    }
    return state
  }

  function settled(): Promise<DashboardState> {
    known ??= findOrBuild()
    return known
  }

  return {
    async current() {
      const end = settled()
      const isBuilt = await looked?.then((look) => look.isBuilt).catch(() => true)
      return isBuilt ? end : state
    },
    settled,
    stop: () => stopped.abort(),
  }
}

async function lookForBuild(root: string): Promise<{ folder: string; isBuilt: boolean }> {
  const folder = join(root, DIST, await hashSources(root))
  return { folder, isBuilt: existsSync(folder) }
}

/** One hash over the names and contents of all sources: about 2 MB, 10 ms. Times of files say nothing after a checkout. */
async function hashSources(root: string): Promise<string> {
  const found = await Promise.all(
    SOURCES.map(async (source) => {
      const entries = await readdir(join(root, source), { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    }),
  )
  const files = [...found.flat(), ...SOURCE_FILES.map((file) => join(root, file))]
    .filter((file) => !file.includes('.test.'))
    .sort()
  const contents = await Promise.all(files.map((file) => readFile(file)))
  const hash = createHash('sha256')
  for (const [index, content] of contents.entries())
    hash.update(`${files[index]?.slice(root.length)}\0`).update(content)
  return hash.digest('hex').slice(0, 16)
}

/** Builds beside the place and moves it there whole: of several processes that build at once, the first one wins. */
async function build(root: string, folder: string, now: number, signal: AbortSignal): Promise<void> {
  const dist = join(root, DIST)
  const old = await listOld(dist, now)
  const temporary = `${folder}.${newId()}`
  await mkdir(dist, { recursive: true })
  try {
    await runBuild(root, temporary, signal)
    await rename(temporary, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  for (const file of old) await rm(file, { recursive: true, force: true })
}

/** What no process needs once a new build is there. A build of another process may be under way: it is left alone. */
async function listOld(dist: string, now: number): Promise<string[]> {
  const old: string[] = []
  for (const name of await readdir(dist).catch(() => [])) {
    const file = join(dist, name)
    const changedMs = name.includes('.')
      ? await stat(file)
          .then((found) => found.mtimeMs)
          .catch(() => now)
      : 0
    if (now - changedMs > LEFT_BEHIND_MS) old.push(file)
  }
  return old
}

function runBuild(root: string, folder: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = join(root, 'packages/dashboard/build.ts')
    const child = spawn(process.execPath, [script, folder], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], signal })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`the build ended with ${code}: ${output.trim().slice(-REASON_LENGTH_MAX)}`))
    })
  })
}
