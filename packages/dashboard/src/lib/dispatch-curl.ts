/** Quotes a text for POSIX shells, so that nothing in it means anything. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * The command that dispatches a job with this input, and with its webhook to this URL when there is one; the key is read
 * from the environment, never written down.
 */
export function dispatchCurl(
  url: string,
  input: Readonly<Record<string, unknown>>,
  { isForm = false, jobWebhook }: { isForm?: boolean; jobWebhook?: string | undefined } = {},
): string {
  const body = isForm
    ? Object.entries(input).map(([name, value]) =>
        value instanceof File
          ? `-F ${quoted(`${name}=@${value.name}`)}`
          : `--form-string ${quoted(`${name}=${value}`)}`,
      )
    : [`-H 'Content-Type: application/json'`, `--data-binary ${quoted(JSON.stringify(input))}`]
  const headers = ['-H "Authorization: Bearer $RINGBACK_API_KEY"']
  if (jobWebhook !== undefined) headers.push(`-H ${quoted(`Job-Webhook: ${jobWebhook}`)}`)
  return [`curl -X POST ${quoted(url)}`, ...headers, ...body].join(' \\\n  ')
}
