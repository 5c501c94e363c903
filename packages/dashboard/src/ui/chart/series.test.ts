import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { stack } from './series.ts'

test('bars stand on each other, and what was not measured has no height', () => {
  const steps = [
    { at: 0, values: [1, 2, 3] },
    { at: 1, values: [null, 5, null] },
  ]
  expect(stack(steps, 3)).toEqual([
    [1, 0],
    [3, 5],
    [6, 5],
  ])
})

const styles = readFileSync(new URL('../../styles.css', import.meta.url), 'utf8')

/** A colour of the styles, for light and dark. */
function pairOf(name: string): [string, string] {
  const [, light, dark] = new RegExp(`--color-${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(styles) ?? []
  if (light === undefined || dark === undefined) throw new Error(`${name} is not in styles.css`)
  return [light, dark]
}

/** Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (one: string, other: string) => {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (more + 0.05) / (less + 0.05)
}

test.each(['chart-ok', 'chart-bad', 'chart-open', 'chart-p50', 'chart-p95'])(
  'what is painted with %s can be seen on its ground in both themes',
  (name) => {
    for (const theme of [0, 1]) {
      expect(contrast(pairOf(name)[theme] ?? '', pairOf('surface')[theme] ?? '')).toBeGreaterThanOrEqual(3)
    }
  },
)
