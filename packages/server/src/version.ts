import manifest from '../package.json' with { type: 'json' }

/** The version of this Ringback. */
export const VERSION: string = manifest.version
