import { useState } from 'react'
import { readStored, writeStored } from '../browser-storage.ts'

/** A hook: a boolean UI state stored in this browser. @param name its key in the storage */
export function useStoredFlag(name: string, initial: boolean): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => read(name) ?? initial)
  const change = (next: boolean) => {
    setValue(next)
    writeStored(name, next ? 'yes' : 'no')
  }
  return [value, change]
}

function read(name: string): boolean | undefined {
  const stored = readStored(name)
  return stored === undefined ? undefined : stored === 'yes'
}
