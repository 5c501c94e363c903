import type { Config } from '../config.ts'
import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'

/** The settings in force, one `NAME=value` a line for the start log and `doctor`; secrets only say whether they are set. */
export function describeConfig(config: Config): string[] {
  return Object.values(SETTINGS).map((row: Setting<unknown>) => `${row.name}=${row.show(config)}`)
}
