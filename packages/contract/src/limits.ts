/** Limits that clients, receivers and docs all need to know. Bytes unless the name says otherwise. */

/** A result larger than this is left out of the webhook and replaced by `result_url` (design 3.1). */
export const WEBHOOK_RESULT_BYTES_MAX = 256 * 1024

/** Most of a receiver's answer that is read; the rest is dropped with the connection (design 3.2). */
export const RESPONSE_READ_BYTES_MAX = 64 * 1024

/** Most of a receiver's answer that is kept in the attempt's record (design 3.2). */
export const RESPONSE_KEPT_BYTES_MAX = 16 * 1024

/** Largest JSON body a request may have. Larger ones get 413. */
export const REQUEST_BODY_BYTES_MAX = 1024 * 1024

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

/** Longest name of an API key in characters. */
export const API_KEY_NAME_LENGTH_MAX = 100
