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

/** How an answer ended: by itself, cut at its limit, withheld by a filter, or refused by the model. */
export type AnswerEnd = 'stop' | 'length' | 'content_filter' | 'refusal'

/** One answer with 7 tokens in and 5 out, as the provider of the format sends it. */
export function envelope(wire: Wire, text: string, end: AnswerEnd): unknown {
  switch (wire) {
    case 'chat':
      return chatAnswer(text, end)
    case 'responses':
      return responsesAnswer(text, end)
    case 'messages':
      return messagesAnswer(text, end)
    case 'generate':
      return generateAnswer(text, end)
  }
}

/** OpenAI Chat Completions, and all that speak it: a refusal is a field of its own, and the end is an ordinary one. */
function chatAnswer(text: string, end: AnswerEnd) {
  const message = end === 'refusal' ? { content: null, refusal: text } : { content: text }
  return {
    id: 'chat-1',
    object: 'chat.completion',
    created: 1,
    model: 'test',
    choices: [
      { index: 0, message: { role: 'assistant', ...message }, finish_reason: end === 'refusal' ? 'stop' : end },
    ],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  }
}

/** OpenAI Responses: a refusal is a part of the message, and the answer is complete. */
function responsesAnswer(text: string, end: AnswerEnd) {
  const reason = { stop: null, refusal: null, length: 'max_output_tokens', content_filter: 'content_filter' }[end]
  const part = end === 'refusal' ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] }
  return {
    id: 'resp-1',
    object: 'response',
    created_at: 1,
    model: 'test',
    status: reason === null ? 'completed' : 'incomplete',
    incomplete_details: reason === null ? null : { reason },
    output: [{ type: 'message', id: 'msg-1', role: 'assistant', content: [part] }],
    usage: { input_tokens: 7, output_tokens: 5 },
  }
}

/** Anthropic Messages: filter and refusal are one. */
function messagesAnswer(text: string, end: AnswerEnd) {
  return {
    id: 'msg-1',
    type: 'message',
    role: 'assistant',
    model: 'test',
    content: [{ type: 'text', text }],
    stop_reason: { stop: 'end_turn', length: 'max_tokens', content_filter: 'refusal', refusal: 'refusal' }[end],
    usage: { input_tokens: 7, output_tokens: 5 },
  }
}

/** Google generateContent: what it will not read gets no candidate at all. */
function generateAnswer(text: string, end: AnswerEnd) {
  const usageMetadata = { promptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 12 }
  if (end === 'refusal') return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata }
  const finishReason = { stop: 'STOP', length: 'MAX_TOKENS', content_filter: 'SAFETY' }[end]
  return { candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason }], usageMetadata }
}
