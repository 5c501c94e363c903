// Is told by webhook when its job has ended, and polls nothing. The secret is that of the webhook "default".
import { createServer } from 'node:http'
import { createJobWaiter, RingbackClient } from '@ringback/client'
import { createReceiver } from '@ringback/receiver'
import { nodeHandler } from '@ringback/receiver/node'

const client = new RingbackClient({
  baseUrl: process.env.RINGBACK_URL ?? 'http://localhost:4400',
  apiKey: process.env.RINGBACK_API_KEY ?? '',
})
const waiter = createJobWaiter({ client })
const receiver = createReceiver({
  secret: process.env.WEBHOOK_SECRET ?? '',
  onEvent: (event) => waiter.resolve(event),
  log: () => {},
})
const server = createServer(nodeHandler(receiver)).listen(Number(process.env.PORT ?? 3000), async () => {
  const jobWebhook = process.env.WEBHOOK_URL ?? 'http://localhost:3000/'
  const keywords = await waiter.wait(client.content.keywords({ content: 'Rust never sleeps' }, { jobWebhook }))
  console.log(keywords.join(', '))
  server.close()
})
