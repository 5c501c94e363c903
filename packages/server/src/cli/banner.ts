import type { Config } from '../config.ts'
import { VERSION } from '../version.ts'
import { API_BASE_PATH, signInUrl } from './paths.ts'

/** The text of the sample job: real numbers of the ranges that are reserved for fiction. */
export const SAMPLE_BODY = '{"content":"Call +44 20 7946 0958 or +1 212 555 0187 before noon."}'

/** A dispatch that can be pasted into a shell as it is. `key` is quoted for the shell by the caller. */
export function sampleDispatch(origin: string, key: string): string {
  return [
    `curl -sS ${origin}${API_BASE_PATH}/content/detect_phones \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '${SAMPLE_BODY}'`,
  ].join('\n')
}

/** What `serve` prints when it is ready: where it is, how to get in, what is missing, and what to try first. */
export function banner(
  config: Pick<Config, 'roles' | 'model' | 'publicUrl'>,
  app: { readonly origin: string; readonly generatedApiKey: string | null; readonly signInToken: string },
): string {
  const origin = reachable(app.origin)
  const lines = [`Ringback ${VERSION}`, '']
  if (config.roles.has('api')) {
    // Behind a proxy that speaks TLS the cookie is for https alone, so signing in must begin there.
    const signInOrigin = config.publicUrl.startsWith('https:') ? config.publicUrl : origin
    lines.push(
      `  API      ${origin}${API_BASE_PATH}`,
      `  docs     ${origin}/docs`,
      `  sign in  ${signInUrl(signInOrigin, app.signInToken)}`,
      '           Opens the dashboard, once, within 15 minutes. Another link: npm run ringback -- sign-in',
    )
  }
  // Without the api a process answers these two, for whoever watches it.
  if (!config.roles.has('api')) lines.push(`  health   ${origin}/health/ready`, `  metrics  ${origin}/metrics`)
  lines.push(`  roles    ${[...config.roles].join(', ')}`, `  model    ${modelText(config)}`)
  if (app.generatedApiKey !== null) {
    lines.push(
      `  API key  ${app.generatedApiKey}`,
      '           Shown this once: keep it. To choose one yourself, set RINGBACK_API_KEY;',
      '           to make another: npm run ringback -- keys create',
    )
  }
  if (config.roles.has('api')) {
    lines.push('', 'Try it:', '', sampleDispatch(origin, app.generatedApiKey ?? '$RINGBACK_API_KEY'))
  }
  return `${lines.join('\n')}\n`
}

/** Listening on every address is no address to connect to; this machine's own one is. */
function reachable(origin: string): string {
  return origin.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

function modelText({ model }: Pick<Config, 'model'>): string {
  if (model) return `${model.provider}/${model.modelId}`
  return 'none: all jobs but phones, e-mails and URLs will end as failed; set RINGBACK_MODEL=<provider>/<model>'
}
