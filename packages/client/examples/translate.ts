// Dispatches a job, and polls until it has ended.
import { RingbackClient } from '@ringback/client'

const client = new RingbackClient({
  baseUrl: process.env.RINGBACK_URL ?? 'http://localhost:4400',
  apiKey: process.env.RINGBACK_API_KEY ?? '',
})

const job = await client.content.translate({ content: 'Good morning', language: 'German' })
console.log(`accepted: ${job.type}`)

const translation = await client.wait(job)
console.log(`${translation.from_language} to ${translation.to_language}: ${translation.content}`)
