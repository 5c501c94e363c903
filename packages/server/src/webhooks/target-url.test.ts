import { describe, expect, test } from 'vitest'
import { displayUrl, readTargetUrl } from './target-url.ts'

const HTTPS_ONLY = { allowHttpTargets: false }

describe('the text of a URL', () => {
  test.each([
    ['ftp://example.com/', /must begin with https:\/\/, not ftp:/],
    ['javascript:alert(1)', /not javascript:/],
    ['file:///etc/passwd', /not file:/],
    ['http://example.com/', /RINGBACK_ALLOW_HTTP_TARGETS=true/],
    ['example.com/hook', /not a URL/],
    ['', /not a URL/],
    ['https://', /not a URL/],
    ['https:/hook', /no host/],
    ['https:///hook', /no host/],
    ['https:\\\\hook', /no host/],
    ['https://example.com/#part', /fragment/],
    ['https://example.com/#', /fragment/],
    ['https://example.com:0/', /port 0/],
    ['https://user:100%@example.com/', /Basic auth/],
    ['https://us%3Aer:pass@example.com/', /Basic auth/],
    ['https://example.com:65536/', /not a URL/],
    ['https://exa\nmple.com/', /control character/],
    ['https://example..com/', /empty part/],
    ['https://./', /empty part/],
    ['https://[fe80::1%25eth0]/', /not a URL/],
    [`https://example.com/${'a'.repeat(2_048)}`, /longer than 2048/],
    [`https://example.com/${'ö'.repeat(1_000)}`, /longer than 2048 characters when percent-encoded/],
  ])('%j is refused with its reason', (text, reason) => {
    expect(readTargetUrl(text, HTTPS_ONLY).problems.join('\n')).toMatch(reason)
  })

  test.each([
    ['https://EXAMPLE.com', 'https://example.com/'],
    ['  https://example.com/hook  ', 'https://example.com/hook'],
    ['https://example.com./hook', 'https://example.com/hook'],
    ['https://example.com:443/a?b=c', 'https://example.com/a?b=c'],
    ['https://user:pass@example.com/', 'https://user:pass@example.com/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
  ])('%j is normalised to %s', (text, href) => {
    expect(readTargetUrl(text, HTTPS_ONLY)).toMatchObject({ target: { href }, problems: [] })
  })

  test('http is accepted where the setting allows it', () => {
    expect(readTargetUrl('http://example.com/', { allowHttpTargets: true }).problems).toEqual([])
  })

  test('everything that is wrong is told at once', () => {
    expect(readTargetUrl('http://example.com:0/#a', HTTPS_ONLY).problems).toHaveLength(3)
  })
})

test('a URL is displayed without its password, and without a user name that may be a token', () => {
  expect(displayUrl('https://user:pass@example.com/a?b=c')).toBe('https://user:***@example.com/a?b=c')
  expect(displayUrl('https://token@example.com/')).toBe('https://***@example.com/')
  expect(displayUrl('https://example.com/')).toBe('https://example.com/')
  expect(displayUrl('user:pass@nowhere')).not.toContain('pass')
  expect(displayUrl('')).toBe('(not a URL)')
})
