// Runs on every runtime that the package promises: what it uses of fetch, FormData, File, timers and signals.
import { createJobWaiter, RingbackClient, RingbackError } from '@ringback/client'

const [baseUrl, apiKey] = process.argv.slice(2)
const client = new RingbackClient({ baseUrl, apiKey, timeoutMs: 30_000 })
const input = { content: 'to anna@example.com' }

// The test lets the first answer be lost.
const job = await client.content.detectEmails(input)
console.log(JSON.stringify(await client.wait(job)))

const file = new File(['Anna Smith\nWelder'], 'cv.txt', { type: 'text/plain' })
const resume = await client.wait(client.hr.parseResume({ file, language: 'English' }, { waitSeconds: 20 }))
console.log(resume.candidate_name)

const waiter = createJobWaiter({ client })
const waiting = waiter.wait(job, { signal: AbortSignal.timeout(30_000) })
await Promise.resolve()
waiter.resolve({ id: job.jobId, status: 'success', result: ['by webhook'] })
console.log((await waiting).join())

const refused = await client.content.detectEmails({ content: '' }).catch((error) => error)
console.log(refused instanceof RingbackError, refused.name, refused.code)

const redirected = await client.ping().catch((error) => error)
console.log(redirected.name, redirected.status)

const controller = new AbortController()
const aborted = client.ping({ signal: controller.signal }).catch((error) => error.message)
controller.abort(new Error('enough'))
console.log(await aborted)
