import { expect, test } from 'vitest'
import { runWithAnswer } from '../test-model.ts'
import { generateTags } from './generate-tags.ts'

const TEXT =
  'Ski boots by Anna Nowak at SkiShop. https://ski.example/boots https://ski.example/boots.png Follow @skishop!'

const answer = {
  title: 'Ski boots',
  description: 'Boots for skiing.',
  keywords: ['ski', 'boots'],
  og_type: 'product',
  og_title: 'Warm boots',
  og_description: 'For cold feet.',
  twitter_title: 'Boots!',
  twitter_description: 'See them.',
  author: 'anna nowak',
  site_name: 'SkiShop',
  page_url: 'https://ski.example/boots',
  image_url: 'https://ski.example/boots.png',
  twitter_creator: '@skishop',
}

test('the fifteen tags come in the order of the original, keywords as one text', async () => {
  const { result, asked } = await runWithAnswer(generateTags, { content: TEXT, voice_tone: 'funny' }, answer)
  expect(Object.entries((result as { meta_tags: object }).meta_tags)).toEqual([
    ['title', 'Ski boots'],
    ['author', 'Anna Nowak'],
    ['keywords', 'ski, boots'],
    ['description', 'Boots for skiing.'],
    ['og:url', 'https://ski.example/boots'],
    ['og:type', 'product'],
    ['og:image', 'https://ski.example/boots.png'],
    ['og:title', 'Warm boots'],
    ['og:site_name', 'SkiShop'],
    ['og:description', 'For cold feet.'],
    ['twitter:card', 'summary_large_image'],
    ['twitter:image', 'https://ski.example/boots.png'],
    ['twitter:title', 'Boots!'],
    ['twitter:creator', '@skishop'],
    ['twitter:description', 'See them.'],
  ])
  expect(asked.message).toEqual({ language: 'English', voice_tone: 'funny', text: TEXT })
})

test('addresses, names and accounts that are not in the text are empty, and the card has no image', async () => {
  const invented = {
    ...answer,
    author: 'Bob',
    site_name: 'Shop24',
    page_url: 'https://evil.example/',
    image_url: 'ski.example/boots.png',
    twitter_creator: '@evil',
  }
  const { result } = await runWithAnswer(generateTags, { content: TEXT }, invented)
  expect(result).toMatchObject({
    meta_tags: {
      author: '',
      'og:site_name': '',
      'og:url': '',
      'og:image': '',
      'twitter:image': '',
      'twitter:creator': '',
      'twitter:card': 'summary',
    },
  })
})

test('more keywords than a tag holds are cut', async () => {
  const many = { ...answer, keywords: Array.from({ length: 30 }, (_, index) => `k${index}`) }
  const { result } = await runWithAnswer(generateTags, { content: TEXT }, many)
  expect((result as { meta_tags: { keywords: string } }).meta_tags.keywords.split(', ')).toHaveLength(10)
})
