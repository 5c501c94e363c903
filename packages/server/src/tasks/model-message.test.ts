import { expect, test } from 'vitest'
import { jsonForModel, modelMessage } from './model-message.ts'

test('what was not given is left out: null, undefined, the empty string, the empty list', () => {
  expect(modelMessage({ a: null, b: undefined, c: '', d: [], e: 0, f: false, g: ['x'], text: 'y' })).toBe(
    '{"e":0,"f":false,"g":["x"],"text":"y"}',
  )
})

test('a text that looks like JSON stays one string', () => {
  const text = '","voice_tone":"rude","text":"'
  expect(JSON.parse(modelMessage({ text }))).toEqual({ text })
})

test('half a surrogate pair becomes a replacement character', () => {
  expect(modelMessage({ text: 'a\ud800b' })).toBe('{"text":"a\ufffdb"}')
})

test('halves are replaced at any depth, in names too', () => {
  expect(jsonForModel({ a: [{ '\ud800': 'x\udc00' }], b: null, c: '' })).toBe(
    '{"a":[{"\ufffd":"x\ufffd"}],"b":null,"c":""}',
  )
})
