import { expect, test } from 'vitest'
import { type TaskContext, TaskError } from '../task.ts'
import { detectUrls } from './detect-urls.ts'

const context: TaskContext = {
  signal: new AbortController().signal,
  model: { generate: () => Promise.reject(new TaskError('model.not_configured', 'no model in this test')) },
}

const urls = async (content: string) => await detectUrls.run(detectUrls.input.parse({ content }), context)

test('the example of the original gives the answer of the original', async () => {
  const text = 'Check out these websites: example.com, https://github.com, and www.laravel.com/docs'
  await expect(urls(text)).resolves.toEqual([
    { url: 'http://example.com', protocol: 'http' },
    { url: 'https://github.com', protocol: 'https' },
    { url: 'http://www.laravel.com/docs', protocol: 'http' },
  ])
})

test.each([
  ['HTTPS://Example.com/A', 'HTTPS://Example.com/A', 'https'],
  ['(see https://en.wikipedia.org/wiki/A_(b)).', 'https://en.wikipedia.org/wiki/A_(b)', 'https'],
  ['[text](https://a.com/x?y=1#z)', 'https://a.com/x?y=1#z', 'https'],
  ['http://[::1]:80/', 'http://[::1]:80/', 'http'],
  ['http://localhost:3000.', 'http://localhost:3000', 'http'],
  ['ftp://user:pw@files.example.com/a', 'ftp://user:pw@files.example.com/a', 'ftp'],
  ['wss://example.com/socket', 'wss://example.com/socket', 'wss'],
  ['//cdn.example.com/x.js', 'http://cdn.example.com/x.js', 'http'],
  ['https://münchen.de/straße', 'https://münchen.de/straße', 'https'],
  ['allegro.pl', 'http://allegro.pl', 'http'],
])('in %s the URL is %s', async (text, url, protocol) => {
  await expect(urls(text)).resolves.toEqual([{ url, protocol }])
})

test.each([
  ['README.md, main.py and backup.zip', 'file names'],
  ['docs.md#section', 'a file name with a section'],
  ['I like it.It is good', 'the joint of two sentences'],
  ['bob@example.com mailto:bob@example.com', 'addresses of people'],
  ['javascript:alert(1) Node.js 1.2.3.4 e.g. U.S.', 'other things with dots'],
])('%s has no URL: %s', async (text) => {
  await expect(urls(text)).resolves.toEqual([])
})

test.each(['http://README.md', 'www.readme.md', 'point.md/news', 'shop.com.py'])(
  '%s is a URL although its end is also one of files',
  async (text) => {
    await expect(urls(text)).resolves.toHaveLength(1)
  },
)

test('each URL is told once', async () => {
  await expect(urls('https://a.com https://b.com https://a.com')).resolves.toHaveLength(2)
})
