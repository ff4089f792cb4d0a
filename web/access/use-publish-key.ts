import { useSyncExternalStore } from 'react'
import { publishKey } from './page-publish-key.ts'

/** The publish key that this browser knows, kept up to date, and what remembers another (undefined: forgets it). */
export function usePublishKey(): [key: string | undefined, setKey: (key: string | undefined) => void] {
  return [useSyncExternalStore(subscribe, read), setKey]
}

const subscribe = (listener: () => void) => publishKey.subscribe(listener)
const read = () => publishKey.current
const setKey = (key: string | undefined) => publishKey.set(key)
