import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A folder of `receivers`, without a slash at the end. */
export function receiverFolder(language: string): string {
  return fileURLToPath(new URL(`../../../receivers/${language}`, import.meta.url))
}

/** The fenced blocks of one language in the README of a receiver, also those inside a list. */
export function readmeBlocks(folder: string, language: string): string[] {
  const text = readFileSync(`${receiverFolder(folder)}/README.md`, 'utf8')
  return [...text.matchAll(/^( *)```(\w+)\n(.*?)^\1```$/gms)]
    .filter((block) => block[2] === language)
    .map(([, indent = '', , code = '']) => code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
}

/** The code inside the text that begins so, on one line. */
export function readmeInline(folder: string, beginning: string): string {
  const text = readFileSync(`${receiverFolder(folder)}/README.md`, 'utf8')
  const found = [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, code = '']) => code.replaceAll('\n', ' '))
  const code = found.find((each) => each.startsWith(beginning))
  if (!code) throw new Error(`receivers/${folder}/README.md has no \`${beginning}…\``)
  return code
}

/** The one block that has the text. */
export function readmeBlock(folder: string, language: string, having: string): string {
  const found = readmeBlocks(folder, language).filter((block) => block.includes(having))
  if (found.length !== 1) throw new Error(`${found.length} blocks of receivers/${folder}/README.md have ${having}`)
  return found[0] as string
}
