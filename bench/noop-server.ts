import Fastify from 'fastify'

/* A Fastify route that does nothing, in a process of its own: what B8 is measured against. */

const app = Fastify()
app.post('/noop', () => ({ status_url: 'http://localhost/', job_id: '00000000-0000-7000-8000-000000000000' }))
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
if (address && typeof address === 'object') process.send?.({ port: address.port })
process.on('disconnect', () => process.exit(0))
