import type { Config } from '../config.ts'

/** One row of the settings table: all that parser, start log, `doctor` and docs/settings.md know about a setting. */
export interface Setting<Value, Default extends string | null = string | null> {
  /** The environment variable. */
  readonly name: `RINGBACK_${string}`
  /** One or two sentences for docs/settings.md. */
  readonly description: string
  /** The text that is parsed when the variable is unset or empty; null: there is no value then. */
  readonly default: Default
  /** What being unset means, for settings whose default is null. */
  readonly whenUnset?: string
  /** Never printed, neither in a problem nor in the start log. */
  readonly secret: boolean
  /** What a right value looks like, to finish the sentence "expected …". */
  readonly expected: string
  /** A value that works, for the docs. */
  readonly example: string
  /** The empty text is a value of its own, not "unset". */
  readonly emptyIsValue?: boolean
  /**
   * Gives the value of a text.
   * @throws BadValue when `expected` alone does not say what is wrong; any other error means just "not as expected"
   */
  parse(text: string): Value
  /** The value in force as the start log prints it; secrets say only where they come from. */
  show(config: Config): string
}

/** A value that is not as expected, with a reason that is more helpful than the general one. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
}

/** Checks a row's types where it is written; gives it back unchanged. */
export function setting<Value, const Default extends string | null>(
  row: Setting<Value, Default>,
): Setting<Value, Default> {
  return row
}
