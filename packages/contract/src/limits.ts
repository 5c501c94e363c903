/** Limits that clients, receivers and docs all need to know. Bytes unless the name says otherwise. */

/** A result larger than this is left out of the webhook and replaced by `result_url` (design 3.1). */
export const WEBHOOK_RESULT_BYTES_MAX = 256 * 1024

/** Most of a receiver's answer that is read; the rest is dropped with the connection (design 3.2). */
export const RESPONSE_READ_BYTES_MAX = 64 * 1024

/** Most of a receiver's answer that is kept in the attempt's record (design 3.2). */
export const RESPONSE_KEPT_BYTES_MAX = 16 * 1024

/** Largest JSON body a request may have. Larger ones get 413. */
export const REQUEST_BODY_BYTES_MAX = 1024 * 1024

/** Largest document of an upload unless a setting says otherwise (wire facts, section 2.2). */
export const DOCUMENT_BYTES_DEFAULT = 100 * 1024 * 1024

/** Longest file name of a document in characters (wire facts, section 2.2). */
export const DOCUMENT_NAME_LENGTH_MAX = 255

/**
 * Longest `content` of a text job, in UTF-16 code units. SharpAPI states no limit; half a million characters is about
 * 250 printed pages and still fits into the body limit with every character escaped once.
 */
export const CONTENT_LENGTH_MAX = 500_000

/**
 * Deepest nesting a result may have. PHP's `json_decode` refuses 512 levels by default and Python's `json` recurses to
 * about 1,000; a result that receivers cannot parse must not be sent.
 */
export const RESULT_DEPTH_MAX = 256

/** Secret lengths in characters. Shorter ones can be guessed; SharpAPI's own form states no rule. */
export const SECRET_LENGTH_MIN = 8
export const SECRET_LENGTH_MAX = 512

/** Longest webhook URL in characters. */
export const WEBHOOK_URL_LENGTH_MAX = 2_048

/** Rows in one page of a list. */
export const PAGE_LIMIT_MAX = 100
export const PAGE_LIMIT_DEFAULT = 50

/** Longest `Idempotency-Key` in characters: a UUID has 36, and what others allow is 255. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255

/** Longest name of an API key in characters. */
export const API_KEY_NAME_LENGTH_MAX = 100

/** Webhooks of an account, `default` among them; `operational` does not count. More is a mistake in a loop. */
export const WEBHOOKS_MAX = 20

/** Longest name of a webhook in characters. It stands in addresses of the API. */
export const WEBHOOK_NAME_LENGTH_MAX = 64

/** Custom headers of a webhook. With more, or longer ones, usual receivers refuse the request for its headers alone. */
export const CUSTOM_HEADERS_MAX = 20
export const CUSTOM_HEADER_NAME_LENGTH_MAX = 100
export const CUSTOM_HEADER_VALUE_LENGTH_MAX = 4_096

/** Delays in a retry schedule, how long each may be, and all of them together. */
export const RETRY_DELAYS_MAX = 20
export const RETRY_DELAY_MS_MIN = 1_000
export const RETRY_DELAY_MS_MAX = 24 * 3_600_000
export const RETRY_SCHEDULE_MS_MAX = 7 * 24 * 3_600_000

/** Highest rate limit that a webhook can have, in attempts a second; more is better said by having none. */
export const RATE_LIMIT_PER_SECOND_MAX = 1_000

/** How long a replaced secret may go on signing (design 3.1). */
export const ROTATION_GRACE_MS_DEFAULT = 24 * 3_600_000
export const ROTATION_GRACE_MS_MAX = 7 * 24 * 3_600_000

/** Longest range of creation times that one request may recover. */
export const RECOVER_RANGE_MS_MAX = 31 * 24 * 3_600_000

/** Most deliveries that one request recovers; the answer says when there are more. */
export const RECOVERED_MAX = 100_000

/** Deliveries that wait for a webhook are counted up to here. */
export const WAITING_COUNTED_MAX = 1_000

/** Workflows of an account. Each is an endpoint that somebody must know; more is a mistake in a loop. */
export const WORKFLOWS_MAX = 100

/** Longest slug of a workflow in characters. It stands in addresses and, with underscores, in job types. */
export const WORKFLOW_SLUG_LENGTH_MAX = 64

/** Longest name and description of a workflow in characters. */
export const WORKFLOW_NAME_LENGTH_MAX = 100
export const WORKFLOW_DESCRIPTION_LENGTH_MAX = 1_000

/** Longest instructions of a workflow in characters: about seven printed pages, which the model reads for each job. */
export const WORKFLOW_INSTRUCTIONS_LENGTH_MAX = 20_000

/** Parameters of a workflow, and the longest key, label and default value of one in characters. */
export const WORKFLOW_PARAMETERS_MAX = 50
export const WORKFLOW_KEY_LENGTH_MAX = 64
export const WORKFLOW_DEFAULT_LENGTH_MAX = 5_000

/** Deepest nesting of a parameter that is an object or an array: what workers can parse is what receivers can. */
export const PARAMETER_DEPTH_MAX = 256

/** Files of one form: the largest of them all at once make an upload of a gigabyte. */
export const FORM_FILES_MAX = 10

/** Fields of an output schema, counted through all its levels, and how many levels there may be. Models do worse with more. */
export const OUTPUT_FIELDS_MAX = 100
export const OUTPUT_DEPTH_MAX = 5
/** Values of an `enum` in an output schema, and the longest one in characters. */
export const OUTPUT_ENUM_VALUES_MAX = 100
export const OUTPUT_ENUM_VALUE_LENGTH_MAX = 200

/** How long a worker holds a job without a heartbeat, in seconds. */
export const WORKER_LEASE_SECONDS_DEFAULT = 60
export const WORKER_LEASE_SECONDS_MIN = 10
export const WORKER_LEASE_SECONDS_MAX = 3_600

/** Jobs and job types of one lease request. */
export const WORKER_JOBS_MAX = 50
export const WORKER_TYPES_MAX = 50

/** Listeners of an account at once: a team with a laptop each. Each gets a copy of every delivery. */
export const LISTENERS_MAX = 10

/** Deliveries that a listener has in hand at once: enough for any development server, few enough to read along. */
export const LISTENER_IN_HAND_MAX = 8

/** Job types that a listener can be told of by name. */
export const LISTENER_TYPES_MAX = 50

/** Most deliveries that wait for a listener; the oldest of more are discarded, and the listener is told. */
export const LISTENER_WAITING_MAX = 1_000

/** How long a listener and what waits for it are kept after its connection broke. */
export const LISTENER_KEPT_MS = 3 * 60_000

/** How long one attempt of a listener may take when whoever listens says so: up to a pause at a breakpoint. */
export const LISTENER_TIMEOUT_MS_MIN = 100
export const LISTENER_TIMEOUT_MS_MAX = 10 * 60_000

/** Silence on a listener's stream after which it is dead: the server says something three times as often. */
export const LISTENER_HEARTBEAT_MS = 15_000
export const LISTENER_SILENCE_MS = 45_000

/** Longest a lease request waits for a job, in seconds: below the 60 s after which usual load balancers give up. */
export const WORKER_WAIT_SECONDS_MAX = 30
