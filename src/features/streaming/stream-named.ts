import type { StreamName } from '../../core/stream-name.ts'

/** A stream as settings name it. @param name LABEL/KEY; only the key may have slashes */
export function streamNamed(name: string | undefined): StreamName | undefined {
  if (name === undefined) return undefined
  const slash = name.indexOf('/')
  return { label: name.slice(0, slash), key: name.slice(slash + 1) }
}
