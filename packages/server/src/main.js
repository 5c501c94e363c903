#!/usr/bin/env node
// JavaScript, and the only such file here: from the first TypeScript on that is not in the cache below, Node loads its
// compiler to strip the types, and this file is run before there is a cache (measured: 40 ms of each start).
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

/** What `npm ci` brings and all tests run on. */
const NODE_MAJOR_MIN = 26

// Before anything that an older Node stumbles over, such as the system's own where a service is started without npm.
if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `Ringback cannot start:\n  - it runs on Node ${NODE_MAJOR_MIN}, which npm ci has brought, and this is ${process.versions.node}. ` +
      'Start it with npm, or put the folder node_modules/.bin of Ringback first in PATH.\n',
  )
  process.exit(78)
}

/**
 * Where Node keeps what it compiled, types stripped: the second start takes a third of the time of the first (measured:
 * 0.4 s instead of 1.5 s on a busy machine). Inside the installation and not in a folder that others can write to. Where
 * it cannot be written, Node goes on without it.
 */
const COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/ringback', import.meta.url))
const { directory } = nodeModule.enableCompileCache({ directory: COMPILE_CACHE })
// For the threads of the store and of offline tasks.
if (directory) process.env.NODE_COMPILE_CACHE = COMPILE_CACHE

// Loaded here and not above: what this file imports is compiled before the cache is there, and a hundred files would be.
await import('./main/run.ts')
