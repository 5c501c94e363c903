import { setFlagsFromString } from 'node:v8'

/**
 * Tells V8 to make every object in the young generation. To be called before the work begins; it holds for all threads of
 * the process and changes nothing but speed.
 *
 * By default V8 watches which literals outlive a collection, and has compiled code make those in the old generation at
 * once. That guess is wrong for us: parameters, headers and attempts of what is under way live for tens of milliseconds,
 * long enough to be seen, and die then. Made old, they and all texts they point to stay until the next full collection:
 * 3.5 of every 26 MB allocated. Compiled code that made them old goes on doing so when the load has become light.
 *
 * Measured under a load of deliveries, µs of CPU each: main thread 72 → 62, V8's helpers 17 → 9. Tried instead: a young
 * generation of 64 MB (`--min-semi-space-size`, `--max-semi-space-size`), 78 → 75 and 21 → 16.
 */
export function keepNewObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}
