/** A program that verifies one signature, in the words of the announcement's samples. */
export interface Snippet {
  readonly id: string
  readonly label: string
  /** `secretName` is the environment variable that holds the secret of the webhook. */
  code(secretName: string): string
}

/** The environment variable that a receiver would keep the secret of a webhook in. */
export function secretName(webhookName: string): string {
  const part = webhookName === 'default' ? '' : `_${webhookName.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`
  return `RINGBACK${part}_SECRET`
}

export const SNIPPETS: readonly Snippet[] = [
  {
    id: 'php',
    label: 'PHP',
    code: (secret) => `$signature = $_SERVER['HTTP_X_SIGNATURE'] ?? '';
$payload = file_get_contents('php://input');
$computed = hash_hmac('sha256', $payload, getenv('${secret}'));

if (!hash_equals($computed, $signature)) {
    http_response_code(401);
    exit;
}`,
  },
  {
    id: 'javascript',
    label: 'JavaScript',
    code: (secret) => `import { createHmac, timingSafeEqual } from 'node:crypto'

// payload: the bytes of the body as they came, before any parsing
function isSigned(payload, signature) {
  const computed = createHmac('sha256', process.env.${secret}).update(payload).digest()
  const sent = Buffer.from(signature ?? '', 'hex')
  return sent.length === computed.length && timingSafeEqual(computed, sent)
}

isSigned(payload, request.headers['x-signature'])`,
  },
  {
    id: 'python',
    label: 'Python',
    code: (secret) => `import hashlib, hmac, os

signature = request.headers.get('X-Signature', '')
payload = request.get_data()
computed = hmac.new(os.environ['${secret}'].encode(), payload, hashlib.sha256).hexdigest()

if not hmac.compare_digest(computed, signature):
    abort(401)`,
  },
  {
    id: 'dotnet',
    label: '.NET',
    code: (secret) => `using System.Security.Cryptography;
using System.Text;

using var memory = new MemoryStream();
await Request.Body.CopyToAsync(memory);
var key = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("${secret}")!);
var computed = Convert.ToHexString(HMACSHA256.HashData(key, memory.ToArray())).ToLowerInvariant();
var sent = Request.Headers["X-Signature"].ToString();

var ascii = Encoding.ASCII;
if (!CryptographicOperations.FixedTimeEquals(ascii.GetBytes(computed), ascii.GetBytes(sent))) return Unauthorized();`,
  },
]
