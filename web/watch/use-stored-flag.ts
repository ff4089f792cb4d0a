import { useState } from 'react'

/** Whether something of the page is open, remembered in this browser. @param name of the setting in the storage */
export function useStoredFlag(name: string, initial: boolean): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => read(name) ?? initial)
  const change = (next: boolean) => {
    setValue(next)
    try {
      localStorage.setItem(name, next ? 'yes' : 'no')
    } catch {
      // Where nothing may be stored it holds until the page is left.
    }
  }
  return [value, change]
}

function read(name: string): boolean | undefined {
  try {
    const stored = localStorage.getItem(name)
    return stored === null ? undefined : stored === 'yes'
  } catch {
    return undefined
  }
}
