import { defineTask, TaskError, z } from 'ringback'

/** Needs no model: counts the words of a text. */
const countWords = defineTask({
  type: 'text_count_words',
  path: '/text/count_words',
  summary: 'Counts the words of a text.',
  input: z.object({ content: z.string(), longest: z.boolean().nullish() }),
  result: z.object({ words: z.int(), longest: z.string().nullable() }),
  run({ content, longest }) {
    const words = content.split(/\s+/).filter(Boolean)
    if (words.length === 0) throw new TaskError('job.task_failed', 'The content has no words.')
    const byLength = words.toSorted((one, other) => other.length - one.length)
    return { words: words.length, longest: longest ? (byLength[0] ?? null) : null }
  },
})

/** Asks the model of the server. Instructions are ours; what a caller sends is only ever `content`. */
const title = defineTask({
  type: 'text_title',
  path: '/text/title',
  summary: 'Finds a title for a text.',
  usesModel: true,
  input: z.object({ content: z.string().min(1) }),
  result: z.object({ title: z.string() }),
  run: ({ content }, { model, signal }) =>
    model.generate({
      schema: z.object({ title: z.string() }),
      schemaName: 'title',
      instructions: 'Find a title of at most six words for the text.',
      content,
      signal,
    }),
})

export default { tasks: [countWords, title] }
