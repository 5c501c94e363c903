import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The TypeScript of README.md, each block with the heading that it stands below. */
export const blocks: readonly { readonly heading: string; readonly code: string }[] = [
  ...text.matchAll(/^```ts\n(.*?)^```$/gms),
].map((block) => {
  const headings = [...text.slice(0, block.index).matchAll(/^#+ (.+)$/gm)]
  return { heading: headings.at(-1)?.[1] ?? '', code: block[1] ?? '' }
})

/** The only or first block below a heading. */
export function blockBelow(heading: string): string {
  const found = blocks.find((block) => block.heading === heading)
  if (!found) throw new Error(`README.md has no TypeScript below "${heading}"`)
  return found.code
}

/** The rows of its table of errors: code and status. */
export const errorRows: readonly (readonly [code: string, status: number])[] = [
  ...text.matchAll(/^\| `([a-z_.]+)` \| (\d{3}) \|/gm),
].map(([, code = '', status]) => [code, Number(status)])
