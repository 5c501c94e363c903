/** One part of `npm test`: a command that passes with exit code 0. */
export interface Part {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** It is a vitest run and counts its tests; any other part counts as one. */
  readonly counts: boolean
}

function vitestPart(project: string, options: readonly string[] = []): Part {
  const reporters = ['--reporter=default', '--reporter=./scripts/test/counting-reporter.ts']
  return {
    name: project,
    command: 'vitest',
    args: ['run', `--project=${project}`, ...reporters, ...options],
    counts: true,
  }
}

/** All parts, the quick ones first. */
export const PARTS: readonly Part[] = [
  { name: 'types', command: 'npm', args: ['run', '--silent', 'types'], counts: false },
  { name: 'lint', command: 'biome', args: ['check', '--error-on-warnings', '.'], counts: false },
  { name: 'unused', command: 'knip', args: [], counts: false },
  vitestPart('tests'),
  vitestPart('browser'),
  vitestPart('torture'),
]
