/** A new secret in the form of Standard Webhooks: `whsec_` and 32 random bytes in base64. */
export function generateSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}

/** HMAC-SHA256 in lower-case hex, as `X-Signature` has it; null where the browser gives no cryptography (plain http). */
export async function signHex(secret: string, body: string): Promise<string | null> {
  if (crypto.subtle === undefined) return null
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(body)))
  return [...signature].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
