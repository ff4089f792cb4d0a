import { useStore } from '../hooks/use-store.ts'
import { publishKey } from './page-publish-key.ts'

/** The publish key that this browser knows, kept up to date, and what remembers another (undefined: forgets it). */
export function usePublishKey(): [key: string | undefined, setKey: (key: string | undefined) => void] {
  return [useStore(publishKey, ({ current }) => current), setKey]
}

const setKey = (key: string | undefined) => publishKey.set(key)
