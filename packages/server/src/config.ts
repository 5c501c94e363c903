/** A part of a process; `RINGBACK_ROLES` chooses which of them run in it. */
export type Role = 'api' | 'runner' | 'courier'

export const MODEL_PROVIDERS = ['openai', 'anthropic', 'google', 'compatible'] as const
export type ModelProvider = (typeof MODEL_PROVIDERS)[number]

/** Which model answers, and how it is reached. */
export interface ModelConfig {
  readonly provider: ModelProvider
  /** What the provider calls it; may contain slashes. */
  readonly modelId: string
  /** Only for `compatible`: where the OpenAI protocol is spoken. */
  readonly baseUrl: string | null
  readonly apiKey: string | null
}

/** All settings, read once, checked and frozen. Nothing else in the server reads the environment. */
export interface Config {
  readonly host: string
  readonly port: number
  /** What `status_url` begins with; no slash at the end. */
  readonly publicUrl: string
  readonly database:
    | { readonly engine: 'sqlite'; readonly file: string }
    | { readonly engine: 'postgres'; readonly url: string }
  /** The first key of the account `default`; null: generated and shown once. */
  readonly apiKey: string | null
  /** As given; null: generated beside the database file. */
  readonly masterKey: string | null
  readonly roles: ReadonlySet<Role>
  readonly model: ModelConfig | null
  readonly webhookRetryScheduleMs: readonly number[]
  readonly webhookTimeoutMs: number
  readonly webhookUserAgent: string
  /** The HTTP proxy that webhooks leave through; null for none. */
  readonly webhookProxy: {
    readonly hostname: string
    readonly port: number
    readonly credentials: string | null
  } | null
  /** Hosts that webhooks reach past the proxy; `.domain` for all names below it. */
  readonly webhookProxyExcept: readonly string[]
  readonly allowHttpTargets: boolean
  /** CIDR blocks that webhooks may reach although they are not public. */
  readonly allowPrivateTargets: readonly string[]
  readonly requestsPerMinute: number
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
}
