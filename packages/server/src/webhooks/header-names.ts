/** Why a name cannot be a custom header, as the end of a sentence that begins with the name; null: it can. */
export function whyReserved(name: string): string | null {
  const lower = name.toLowerCase()
  return RESERVED.find(({ pattern }) => pattern.test(lower))?.reason ?? null
}

/** Whether a header carries a credential by its name: its value is sealed and masked without being asked. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.toLowerCase())
}

const RESERVED: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /^(?:x-signature|webhook-.*|svix-.*|x-ringback-.*)$/,
    reason: 'is reserved: receivers verify with headers of this name that Ringback alone may write',
  },
  {
    pattern: /^(?:content-(?:type|length|encoding)|accept-encoding|expect)$/,
    reason: 'is reserved: it describes the body and its answer, which Ringback writes and reads',
  },
  {
    // RFC 9110 section 7.6.1 and what proxies and HTTP/2 treat alike.
    pattern: /^(?:host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|http2-settings|proxy-.*)$/,
    reason: 'is reserved: it belongs to the connection',
  },
  { pattern: /^user-agent$/, reason: 'is reserved: the server setting RINGBACK_WEBHOOK_USER_AGENT sets it' },
  {
    pattern: /^(?:forwarded|x-forwarded(?:-.*)?|x-real-ip|via)$/,
    reason: 'is reserved: it tells a receiver where a request came from, and must not be made up',
  },
  {
    pattern: /^(?:metadata|metadata-flavor|x-aws-ec2-.*)$/,
    reason: 'is reserved: it opens the metadata service of a cloud',
  },
  { pattern: /^(?:sec-.*|origin|referer|set-cookie)$/, reason: 'is reserved: only browsers and answers have it' },
]

const SECRET_NAME = /^cookie$|(?:^|[-_])(?:authorization|auth|token|api-?key|key|secret|password|credentials?)$/
