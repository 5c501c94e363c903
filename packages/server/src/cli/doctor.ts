import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { allTasks } from '../app/code-tasks.ts'
import { openStore, openVault } from '../app/open-store.ts'
import { showDatabase } from '../config/database-url.ts'
import { describeConfig } from '../config/describe-config.ts'
import { parseConfig } from '../config/parse-config.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import { EXIT_CODES, messageOf, StartError } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { createTaskModel } from '../models/task-model.ts'
import type { CommandContext, RunCommand } from './command-context.ts'

/** What one check has found. `note`: not wrong, but worth knowing. */
interface Finding {
  readonly verdict: 'ok' | 'note' | 'wrong'
  readonly about: 'settings' | 'tasks' | 'database' | 'clock' | 'model'
  readonly text: string
}

/** No clock that is right can be before this program was written. Unix milliseconds of 2026-01-01. */
const PLAUSIBLE_SINCE = 1_767_225_600_000

/** Clocks of machines that share a database should agree to this; leases live 15 s. */
const SKEW_MS_MAX = 5_000

/** How long the model may take to answer one word. */
const MODEL_DEADLINE_MS = 30_000

/**
 * Checks settings, tasks in code, database, clock and model, and prints what it found. Changes nothing: a database that is not
 * there yet is not made, and an older one is left to `serve` and `migrate`. The model is asked one tiny question.
 * Exit code 0 when nothing is wrong.
 */
export const doctor: RunCommand = async (context) => {
  const findings: Finding[] = []
  const config = checkSettings(context, findings)
  if (config) {
    const log = context.commandLog('fatal')
    await checkTasks(config, findings)
    await checkDatabase(config, context.clock, log, findings)
    await checkModel(config, context.clock, log, findings)
  }
  for (const { verdict, about, text } of findings) context.print(`${verdict.padEnd(5)}  ${about.padEnd(8)}  ${text}`)
  const wrong = findings.filter(({ verdict }) => verdict === 'wrong').length
  context.print(wrong === 0 ? '\nNothing is wrong.' : `\n${wrong} wrong.`)
  return wrong === 0 ? EXIT_CODES.ok : EXIT_CODES.config
}

function checkSettings({ env }: CommandContext, findings: Finding[]): Config | null {
  try {
    const config = parseConfig(env)
    for (const line of describeConfig(config)) findings.push({ verdict: 'ok', about: 'settings', text: line })
    return config
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    for (const text of error.problems) findings.push({ verdict: 'wrong', about: 'settings', text })
    return null
  }
}

async function checkTasks(config: Config, findings: Finding[]) {
  try {
    const inCode = (await allTasks(config)).filter(({ kind }) => kind === 'code')
    if (inCode.length === 0) return
    const text = `defined in code: ${inCode.map(({ type }) => type).join(', ')}`
    findings.push({ verdict: 'ok', about: 'tasks', text })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    for (const text of error.problems) findings.push({ verdict: 'wrong', about: 'tasks', text })
  }
}

async function checkDatabase(config: Config, clock: Clock, log: Log, findings: Finding[]) {
  const name = showDatabase(config.database)
  const found = (verdict: Finding['verdict'], about: Finding['about'], text: string) =>
    findings.push({ verdict, about, text })
  const now = clock.now()
  if (now < PLAUSIBLE_SINCE)
    found('wrong', 'clock', `${new Date(now).toISOString()} cannot be: set the machine's clock`)
  if (config.database.engine === 'sqlite' && !(await exists(config.database.file))) {
    found('note', 'database', `${name} is not there yet; serve makes it`)
    return
  }
  try {
    const store = await openStore(config, { clock, log, mayUpgrade: false })
    try {
      const startMs = clock.monotonicMs()
      await store.ping()
      found('ok', 'database', `${name} answers in ${(clock.monotonicMs() - startMs).toFixed(1)} ms`)
      await openVault(config, store)
      found('ok', 'database', 'the master key is the one its secrets were sealed with')
      const processes = await store.listProcesses()
      const skewed = processes.find(({ startedAt }) => startedAt > now + SKEW_MS_MAX)
      if (skewed) found('wrong', 'clock', `process ${skewed.id} on ${skewed.host} started in the future: clocks differ`)
      else found('ok', 'clock', `agrees with those of ${processes.length} processes on record`)
    } finally {
      await store.close()
    }
  } catch (error) {
    const problems = error instanceof StartError ? error.problems : [`${name}: ${messageOf(error)}`]
    const isOlder = error instanceof StartError && error.exitCode === EXIT_CODES.olderDatabase
    for (const text of problems) found(isOlder ? 'note' : 'wrong', 'database', text)
  }
}

async function checkModel({ model }: Config, clock: Clock, log: Log, findings: Finding[]) {
  if (!model) {
    const text = 'none: all jobs but phones, e-mails and URLs end as failed; set RINGBACK_MODEL=<provider>/<model>'
    findings.push({ verdict: 'note', about: 'model', text })
    return
  }
  const name = `${model.provider}/${model.modelId}`
  const deadline = new AbortController()
  const cancel = clock.after(MODEL_DEADLINE_MS, () => deadline.abort())
  const startMs = clock.monotonicMs()
  try {
    await createTaskModel({ config: model, log }).generate({
      schema: z.object({ word: z.string() }),
      schemaName: 'word',
      instructions: 'Answer with the word that you are given.',
      content: 'ready',
      signal: deadline.signal,
    })
    const text = `${name} answers in ${Math.round(clock.monotonicMs() - startMs)} ms, in the form it was asked for`
    findings.push({ verdict: 'ok', about: 'model', text })
  } catch (error) {
    findings.push({ verdict: 'wrong', about: 'model', text: `${name}: ${messageOf(error)}` })
  } finally {
    cancel()
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
