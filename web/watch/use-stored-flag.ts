import { useState } from 'react'
import { readStored, writeStored } from '../browser-storage.ts'

/** Whether something of the page is open, remembered in this browser. @param name of the setting in the storage */
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
