import { useEffect, useState } from 'react'
import { after } from './clock.ts'

/** A value as it was when it last rested for so long. */
export function useDebounced<Value>(value: Value, restMs: number): Value {
  const [rested, setRested] = useState(value)
  useEffect(() => after(restMs, () => setRested(value)), [value, restMs])
  return rested
}
