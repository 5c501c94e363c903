import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { jobCancelSchema } from '../contract/src/schemas/job-usage.ts'
import { jobDetailSchema, jobPageSchema, jobSchema } from '../contract/src/schemas/jobs.ts'
import { customWorkflowSchema } from '../server/src/http/compat/custom.ts'
import { quotaSchema } from '../server/src/http/compat/quota.ts'
import { TASKS } from '../server/src/tasks/registry.ts'
import type { Task } from '../server/src/tasks/task.ts'
import { docOf, isInterface, type JsonSchema, typeOf } from './json-schema-types.ts'

/*
 * Writes src/generated: the types of all jobs, from the schemas by which the server checks them. The files are committed,
 * because the published package must not need the server; test/generated.test.ts fails when they are old.
 */

const HEADER = '// Written by generate.ts from the schemas of the server: `npm run generate`. Do not edit.\n\n'
const FOLDER = new URL('./src/generated/', import.meta.url)

const pascal = (name: string) => name.replace(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase())
const camel = (name: string) => name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
const partsOf = ({ path }: Task) => path.slice(1).split('/') as [group: string, name: string]

function declare(name: string, schema: JsonSchema, doc: string, overrides: Record<string, string> = {}): string {
  const type = typeOf(schema, overrides)
  return `${docOf(doc)}export ${isInterface(schema) ? `interface ${name} ${type}` : `type ${name} = ${type}`}\n`
}

const inputOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
const resultOf = (schema: z.ZodType) => z.toJSONSchema(schema) as JsonSchema

function groupFile(tasks: readonly Task[]): string {
  const declared = tasks.flatMap((task) => {
    const files = Object.fromEntries((task.files ?? []).map(({ field }) => [field, 'FileInput']))
    const what = `of \`POST ${task.path}\``
    return [
      declare(`${pascal(task.type)}Input`, inputOf(task.input), `Parameters ${what}. ${task.summary}`, files),
      declare(`${pascal(task.type)}Result`, resultOf(task.result), `Result ${what}.`),
    ]
  })
  const needsFiles = tasks.some(({ files }) => files?.length)
  return `${needsFiles ? "import type { FileInput } from '../files.ts'\n\n" : ''}${declared.join('\n')}`
}

function importsOf(groups: ReadonlyMap<string, readonly Task[]>, kinds: readonly ('Input' | 'Result')[]): string {
  const imports = [...groups].map(([group, members]) => {
    const names = members.flatMap(({ type }) => kinds.map((kind) => `${pascal(type)}${kind}`))
    return `import type { ${names.join(', ')} } from './${group}.ts'`
  })
  return imports.join('\n')
}

function typesFile(groups: ReadonlyMap<string, readonly Task[]>): string {
  const tasks = [...groups.values()].flat()
  const map = (kind: 'Input' | 'Result') => tasks.map(({ type }) => `${type}: ${pascal(type)}${kind}`).join('\n')
  return [
    importsOf(groups, ['Input', 'Result']),
    `${docOf('The parameters of each job type.')}export interface JobInputs {\n${map('Input')}\n}`,
    `${docOf('The result of each job type.')}export interface JobResults {\n${map('Result')}\n}\n`,
  ].join('\n\n')
}

function catalogueFile(groups: ReadonlyMap<string, readonly Task[]>): string {
  const tasks = [...groups.values()].flat()
  const methods = [...groups].map(([group, members]) => {
    const lines = members.map(
      (task) =>
        `${docOf(task.summary)}${camel(partsOf(task)[1])}(input: ${pascal(task.type)}Input, options?: DispatchOptions): Promise<JobHandle<'${task.type}'>>`,
    )
    return `readonly ${group}: {\n${lines.join('\n')}\n}`
  })
  const rows = tasks.map((task) => {
    const [group, name] = partsOf(task)
    const files = task.files?.map(({ field }) => `'${field}'`).join(', ')
    const fields = [`group: '${group}'`, `method: '${camel(name)}'`, `path: '${task.path}'`, `type: '${task.type}'`]
    return `{ ${[...fields, ...(files ? [`files: [${files}]`] : [])].join(', ')} }`
  })
  return [
    `import type { DispatchOptions, JobHandle } from '../types.ts'\nimport type { JobResults } from './jobs.ts'\n${importsOf(groups, ['Input'])}`,
    `${docOf('The methods that dispatch jobs, grouped like the paths.')}export interface JobMethods {\n${methods.join('\n')}\n}`,
    `${docOf('A job type, its method and its fields that are files.')}export interface CatalogueEntry { readonly group: keyof JobMethods, readonly method: string, readonly path: string, readonly type: keyof JobResults, readonly files?: readonly string[] }`,
    `${docOf('Every job type.')}export const CATALOGUE: readonly CatalogueEntry[] = [\n${rows.join(',\n')}]\n`,
  ].join('\n\n')
}

function apiFile(): string {
  return [
    declare('Job', resultOf(jobSchema), 'A job in a list.'),
    declare('JobPage', resultOf(jobPageSchema), 'A page of the list of jobs.'),
    declare('JobDetail', resultOf(jobDetailSchema), 'A job with all that is known of it.'),
    declare('JobCancellation', resultOf(jobCancelSchema), 'The answer to a request to cancel a job.'),
    declare('Quota', resultOf(quotaSchema), 'What the account used, and its limits.'),
    declare('CustomWorkflow', resultOf(customWorkflowSchema), 'A custom workflow of the account.'),
  ].join('\n')
}

/** Every generated file as it should be, by its name. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const groups = new Map<string, Task[]>()
  for (const task of TASKS) {
    const [group] = partsOf(task)
    groups.set(group, [...(groups.get(group) ?? []), task])
  }
  const files = new Map([...groups].map(([group, tasks]) => [`${group}.ts`, groupFile(tasks)]))
  files.set('jobs.ts', typesFile(groups)).set('catalogue.ts', catalogueFile(groups)).set('api.ts', apiFile())
  return new Map([...files].map(([name, text]) => [name, format(name, HEADER + text)]))
}

function format(name: string, text: string): string {
  const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url))
  const path = fileURLToPath(new URL(name, FOLDER))
  return execFileSync(biome, ['check', '--write', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    maxBuffer: 2 ** 24,
  })
}

/** What is committed under the name; undefined when nothing is. */
export function committed(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, FOLDER), 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) for (const [name, text] of generatedFiles()) writeFileSync(new URL(name, FOLDER), text)
