import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Figure, median } from './parts/figure.ts'
import { startServerProcess } from './parts/server-process.ts'

const STARTS = 5
const SETTLE_MS = 3_000
const IDLE_MS = 10_000

/** Clock ticks a second in /proc (USER_HZ): 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** What `main.js` keeps compiled; without it, a start is the first of an installation. */
const COMPILE_CACHE = fileURLToPath(new URL('../node_modules/.cache/ringback', import.meta.url))

/** B7: from the start of the process to ready, from the second start on, and what an idle server costs. */
export async function measureStart(): Promise<Figure[]> {
  rmSync(COMPILE_CACHE, { recursive: true, force: true })
  const first = await startServerProcess()
  await first.stop()
  const readyMs: number[] = []
  for (let start = 0; start < STARTS; start++) {
    const server = await startServerProcess()
    readyMs.push(server.readyMs)
    await server.stop()
  }
  const figures: Figure[] = [
    {
      id: 'B7',
      what: 'start to ready',
      value: median(readyMs),
      unit: 'ms',
      goal: { atMost: 1_000 },
      details: `median of ${STARTS} starts on an empty database: ${readyMs.map(Math.round).join(', ')} ms; the first of an installation took ${Math.round(first.readyMs)} ms`,
    },
  ]
  if (process.platform === 'linux') figures.push(await measureIdle())
  return figures
}

async function measureIdle(): Promise<Figure> {
  const server = await startServerProcess()
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  const before = cpuSeconds(server.pid)
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const percent = ((cpuSeconds(server.pid) - before) / (IDLE_MS / 1_000)) * 100
  await server.stop()
  return {
    id: 'B7',
    what: 'idle CPU',
    value: percent,
    unit: '%',
    goal: { atMost: 1 },
    details: `of one core over ${IDLE_MS / 1_000} s`,
  }
}

function cpuSeconds(pid: number): number {
  // Fields 14 and 15 (user and system time); the name in field 2 may contain spaces, so count from its end.
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
