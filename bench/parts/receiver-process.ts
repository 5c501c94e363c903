import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { ReceiverReport } from '../receiver.ts'

export interface ReceiverProcess {
  readonly url: string
  readonly pid: number
  /** What came since the last call. */
  report(): Promise<ReceiverReport>
  stop(): void
}

/** Starts the bench's receiver beside us, on the same cores: that is what the goals of the design are stated for. */
export async function startReceiverProcess(options: { keepIds?: boolean } = {}): Promise<ReceiverProcess> {
  const child = fork(new URL('../receiver.ts', import.meta.url), options.keepIds ? ['--ids'] : [])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `http://127.0.0.1:${port}/hook`,
    pid: child.pid ?? 0,
    async report() {
      child.send('report')
      const [report] = (await once(child, 'message')) as [ReceiverReport]
      return report
    },
    stop: () => void child.kill(),
  }
}
