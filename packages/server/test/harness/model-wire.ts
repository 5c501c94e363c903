import type { JsonSchema } from './json-sample.ts'

/** The wire formats that the AI SDK's providers speak: OpenAI's two, Anthropic's, Google's. */
export type Wire = 'chat' | 'responses' | 'messages' | 'generate'

export function wireOf(path: string): Wire | null {
  if (path.endsWith('/chat/completions')) return 'chat'
  if (path.endsWith('/responses')) return 'responses'
  if (path.endsWith('/messages')) return 'messages'
  return path.includes(':generateContent') ? 'generate' : null
}

/** Where each format carries the JSON schema of the answer; null when the request has none. */
// biome-ignore lint/suspicious/noExplicitAny: four protocols, each with its own nesting
export function schemaOf(wire: Wire, body: any): JsonSchema | null {
  switch (wire) {
    case 'chat':
      return body.response_format?.json_schema?.schema ?? null
    case 'responses':
      return body.text?.format?.schema ?? null
    case 'messages':
      return body.output_config?.format?.schema ?? body.output_format?.schema ?? body.tools?.[0]?.input_schema ?? null
    case 'generate':
      return body.generationConfig?.responseJsonSchema ?? body.generationConfig?.responseSchema ?? null
  }
}

/** One finished answer with 7 tokens in and 5 out. */
export function envelope(wire: Wire, text: string, end: 'stop' | 'length' | 'content_filter'): unknown {
  switch (wire) {
    case 'chat':
      return {
        id: 'chat-1',
        object: 'chat.completion',
        created: 1,
        model: 'test',
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: end }],
        usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
      }
    case 'responses':
      return {
        id: 'resp-1',
        object: 'response',
        created_at: 1,
        model: 'test',
        status: end === 'stop' ? 'completed' : 'incomplete',
        incomplete_details: end === 'stop' ? null : { reason: end === 'length' ? 'max_output_tokens' : end },
        output: [
          {
            type: 'message',
            id: 'msg-1',
            role: 'assistant',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ],
        usage: { input_tokens: 7, output_tokens: 5 },
      }
    case 'messages':
      return {
        id: 'msg-1',
        type: 'message',
        role: 'assistant',
        model: 'test',
        content: [{ type: 'text', text }],
        stop_reason: { stop: 'end_turn', length: 'max_tokens', content_filter: 'refusal' }[end],
        usage: { input_tokens: 7, output_tokens: 5 },
      }
    case 'generate':
      return {
        candidates: [
          {
            content: { role: 'model', parts: [{ text }] },
            finishReason: { stop: 'STOP', length: 'MAX_TOKENS', content_filter: 'SAFETY' }[end],
          },
        ],
        usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 },
      }
  }
}
