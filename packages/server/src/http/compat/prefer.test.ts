import { expect, test } from 'vitest'
import { preferredWaitSeconds } from './prefer.ts'

test.each<[prefer: string | string[] | undefined, seconds: number | null]>([
  [undefined, null],
  ['wait=10', 10],
  ['WAIT = 10', 10],
  ['wait="10"', 10],
  ['respond-async, wait=7', 7],
  ['wait=7; foo=bar, return=minimal', 7],
  ['wait=1', 1],
  ['wait=60', 60],
  ['wait=61', 60],
  ['wait=999999999', 60],
  // The first one counts.
  ['wait=5, wait=50', 5],
  ['wait=x, wait=50', null],
  [['wait=3', 'wait=4'], 3],
  ['', null],
  ['wait', null],
  ['wait=', null],
  ['wait=0', null],
  ['wait=-1', null],
  ['wait=1.5', null],
  ['wait=1e3', null],
  ['wait=ten', null],
  ['wait=9999999999', null],
  ['waiting=10', null],
  ['return=wait=10', null],
  ['respond-async', null],
])('Prefer: %j waits %j seconds', (prefer, seconds) => {
  expect(preferredWaitSeconds(prefer)).toBe(seconds)
})
