import { expect, test } from 'vitest'
import { type TaskContext, TaskError } from '../task.ts'
import { detectEmails } from './detect-emails.ts'

const context: TaskContext = {
  signal: new AbortController().signal,
  model: { generate: () => Promise.reject(new TaskError('model.not_configured', 'no model in this test')) },
}

const emails = async (content: string) => await detectEmails.run(detectEmails.input.parse({ content }), context)

test.each([
  ['in prose', 'Write to first.last+tag@sub.example.co.uk.', ['first.last+tag@sub.example.co.uk']],
  ['in lists without spaces', 'a@b.com;c@d.com,e@f.org|g@h.net', ['a@b.com', 'c@d.com', 'e@f.org', 'g@h.net']],
  ['in quotes', `'a@b.com' "c@d.com" „e@f.org“ «g@h.net»`, ['a@b.com', 'c@d.com', 'e@f.org', 'g@h.net']],
  ['in headers', 'From: "Ann, B." <ann@example.com>', ['ann@example.com']],
  ['in mailto links', '[mail](mailto:bob@example.com?subject=hi)', ['bob@example.com']],
  ['with a name in another script', 'info@münchen.de', ['info@münchen.de']],
  ['with an apostrophe', "o'brien@example.ie", ["o'brien@example.ie"]],
])('addresses are found %s', async (_, text, found) => {
  await expect(emails(text)).resolves.toEqual(found)
})

test('each address is told once, in its first spelling', async () => {
  await expect(emails('b@x.com Bob@Example.com a@x.com bob@example.com')).resolves.toEqual([
    'b@x.com',
    'Bob@Example.com',
    'a@x.com',
  ])
})

test.each(['no address', 'logo@2x.png', 'me@localhost', 'a@b', '@handle', 'x@@y.com', 'a..b@x.com'])(
  '%s has no address',
  async (text) => {
    await expect(emails(text)).resolves.toEqual([])
  },
)
