import { createServer } from 'node:http'

/*
 * A receiver in a process of its own, as cheap as `node:http` allows: reads the body, answers 200. Tells its parent the
 * port, and when asked, how many came and (with --ids) when each.
 */

/** What came since the last report. */
export interface ReceiverReport {
  count: number
  /** Unix milliseconds with fraction at which each job id arrived; only when asked for. */
  arrivals: [id: string, atMs: number][]
}

const keepIds = process.argv.includes('--ids')
let report: ReceiverReport = { count: 0, arrivals: [] }

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => {
    if (keepIds) chunks.push(chunk)
  })
  request.on('end', () => {
    report.count++
    if (keepIds) {
      const { id } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string }
      report.arrivals.push([id, performance.timeOrigin + performance.now()])
    }
    response.writeHead(200, { 'content-length': '0' })
    response.end()
  })
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ port: address.port })
})
process.on('message', () => {
  process.send?.(report)
  report = { count: 0, arrivals: [] }
})
process.on('disconnect', () => process.exit(0))
