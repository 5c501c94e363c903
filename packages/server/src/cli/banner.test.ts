import { expect, test } from 'vitest'
import type { Config, Role } from '../config.ts'
import { banner } from './banner.ts'

const roles: ReadonlySet<Role> = new Set(['api', 'runner', 'courier'])
const app = { origin: 'http://127.0.0.1:4400', generatedApiKey: 'rb_generated', signInToken: 'once' }
const publicUrl = 'http://localhost:4400'

test('a generated key is shown, said to be shown once, and stands in the line to paste', () => {
  const text = banner({ roles, model: null, publicUrl }, app)
  expect(text).toContain('API      http://127.0.0.1:4400/api/v1')
  expect(text).toContain('docs     http://127.0.0.1:4400/docs')
  expect(text).toContain('API key  rb_generated')
  expect(text).toContain('Shown this once')
  expect(text).toContain('set RINGBACK_MODEL=')
  expect(text).toContain('-H "Authorization: Bearer rb_generated"')
})

test('a key that was given is not shown: the line to paste takes it from the environment', () => {
  const model: Config['model'] = { provider: 'openai', modelId: 'gpt-5', baseUrl: null, apiKey: 'sk-secret' }
  const text = banner({ roles, model, publicUrl }, { ...app, generatedApiKey: null })
  expect(text).not.toContain('API key')
  expect(text).toContain('-H "Authorization: Bearer $RINGBACK_API_KEY"')
  expect(text).toContain('model    openai/gpt-5')
  expect(text).not.toContain('sk-secret')
})

test('the link to sign in leads to this machine, or to the public address when that is https', () => {
  expect(banner({ roles, model: null, publicUrl }, app)).toContain('http://127.0.0.1:4400/dashboard/sign-in#once')
  const secure = banner({ roles, model: null, publicUrl: 'https://jobs.example.com' }, app)
  expect(secure).toContain('https://jobs.example.com/dashboard/sign-in#once')
})

test('the address of a server that listens everywhere is one that can be connected to', () => {
  expect(banner({ roles, model: null, publicUrl }, { ...app, origin: 'http://0.0.0.0:80' })).toContain(
    'http://127.0.0.1:80/api/v1',
  )
  expect(banner({ roles, model: null, publicUrl }, { ...app, origin: 'http://[::]:80' })).toContain(
    'http://[::1]:80/api/v1',
  )
})

test('a process without the api shows where it can be watched, and no address of the api', () => {
  const text = banner({ roles: new Set(['courier']), model: null, publicUrl }, { ...app, generatedApiKey: null })
  expect(text).toContain('health   http://127.0.0.1:4400/health/ready')
  expect(text).toContain('metrics  http://127.0.0.1:4400/metrics')
  expect(text).not.toMatch(/api\/v1|dashboard/)
  expect(text).toContain('roles    courier')
})
