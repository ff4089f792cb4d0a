import { useStore } from '../hooks/use-store.ts'
import { publishKey } from './page-publish-key.ts'

/** A hook: this browser's publish key and its setter (undefined removes it). */
export function usePublishKey(): [key: string | undefined, setKey: (key: string | undefined) => void] {
  return [useStore(publishKey, ({ current }) => current), setKey]
}

const setKey = (key: string | undefined) => publishKey.set(key)
