/** A part of a process; `RINGBACK_ROLES` chooses which of them run in it. */
export type Role = 'api' | 'runner' | 'courier'

export const MODEL_PROVIDERS = ['openai', 'anthropic', 'google', 'compatible'] as const
export type ModelProvider = (typeof MODEL_PROVIDERS)[number]

/** Whether a model can be shown pictures. */
export type ModelVision = 'auto' | 'on' | 'off'

/** Which model answers, and how it is reached. */
export interface ModelConfig {
  readonly provider: ModelProvider
  /** What the provider calls it; may contain slashes. */
  readonly modelId: string
  /** Where the provider's protocol is spoken; null: at the provider. Never null for `compatible`, or jobs fail. */
  readonly baseUrl: string | null
  readonly apiKey: string | null
}

/** What a model costs from a day on, in US dollars for a million tokens. */
export interface ModelPrice {
  /** `<provider>/<model>`, as in `RINGBACK_MODEL`. */
  readonly model: string
  /** First day on which it holds, in UTC: `2025-08-07`. */
  readonly from: string
  readonly input: number
  readonly output: number
  /** Input that is read from the provider's cache; as `input` when left out. */
  readonly cachedInput?: number
}

/** Where a proxy listens, and what it asks for. */
export interface ProxyAddress {
  readonly protocol: 'http' | 'socks5'
  readonly hostname: string
  readonly port: number
  /** Null when it asks for none. */
  readonly credentials: { readonly user: string; readonly password: string } | null
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
  /** What models cost, besides the list of the server; goes over it. In US dollars for a million tokens. */
  readonly modelPrices: readonly ModelPrice[]
  /** Jobs that may run at once, in all processes together. */
  readonly jobCaps: { readonly perAccount: number; readonly perLane: number }
  /** Jobs that an account's own workers may have at once. */
  readonly workerJobsMax: number
  readonly jobWaitMaxMs: number
  readonly jobRunMaxMs: number
  /** Whether the model can be shown pictures; `auto` goes by its name. */
  readonly modelVision: ModelVision
  readonly webhookRetryScheduleMs: readonly number[]
  readonly webhookTimeoutMs: number
  readonly webhookUserAgent: string
  /** The proxy that webhooks leave through; null for none. */
  readonly webhookProxy: ProxyAddress | null
  /** Hosts that webhooks reach past the proxy; `.domain` for all names below it. */
  readonly webhookProxyExcept: readonly string[]
  readonly allowHttpTargets: boolean
  /** CIDR blocks that webhooks may reach although they are not public. */
  readonly allowPrivateTargets: readonly string[]
  readonly requestsPerMinute: number
  /** Largest document of an upload. */
  readonly documentBytesMax: number
  /** How long a document is kept after its job has ended. */
  readonly documentRetentionMs: number
  /** How long jobs are kept after their last delivery has ended; null: for ever. */
  readonly retentionMs: number | null
  /** How long input, result and bodies are kept; null: as long as the job. */
  readonly payloadRetentionMs: number | null
  /** Where job types are defined in code; null: `ringback.config.ts` in the present folder, if it is there. */
  readonly configFile: string | null
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
}
