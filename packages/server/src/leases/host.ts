import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Where a pid means something: this machine, since this boot, in this pid namespace (a container has its own). Two
 * processes with the same value can ask each other's pid; with another value a pid says nothing. Systems without /proc
 * give the machine's name alone.
 */
export function currentHost(): string {
  return [hostname(), read('/proc/sys/kernel/random/boot_id'), readLink('/proc/self/ns/pid')].filter(Boolean).join(' ')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Whether a process with this pid runs here. Another user's process counts (EPERM means it is there). */
export function isPidAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
