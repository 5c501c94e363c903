// Uploads a file from the disk, in pieces: node upload.ts <file>
import { RingbackClient, RingbackJobFailedError, RingbackRequestError } from '@ringback/client'
import { fileFromPath } from '@ringback/client/node'

const client = new RingbackClient({
  baseUrl: process.env.RINGBACK_URL ?? 'http://localhost:4400',
  apiKey: process.env.RINGBACK_API_KEY ?? '',
})

try {
  const file = await fileFromPath(process.argv[2] ?? 'resume.pdf')
  const resume = await client.wait(client.hr.parseResume({ file, language: 'English' }))
  console.log(`${resume.candidate_name}, ${resume.positions.length} position(s)`)
} catch (error) {
  if (error instanceof RingbackRequestError) console.log(`refused: ${error.code}`)
  else if (error instanceof RingbackJobFailedError) console.log(`failed: ${error.code}`)
  else throw error
}
