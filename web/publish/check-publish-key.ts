import { serverUrl } from '../server-address.ts'
/** The result of checking a key. */
export type KeyCheck = { readonly is: 'known' | 'unknown' | 'unanswered' } | { readonly is: 'refused'; reason: string }

/**
 * Checks with the server whether a key may publish, by sending a frame with an empty file, which stores nothing.
 */
export async function checkPublishKey(key: string): Promise<KeyCheck> {
  try {
    const form = new FormData()
    form.append('label', 'key')
    form.append('key', 'check')
    form.append('file', new Blob([]), 'empty.jpg')
    const response = await fetch(serverUrl('/frames'), { method: 'POST', headers: authorization(key), body: form })
    if (response.ok) return { is: 'known' }
    if (response.status === 401) return { is: 'unknown' }
    const { detail }: { detail?: unknown } = await response.json()
    return { is: 'refused', reason: typeof detail === 'string' ? detail : `${response.status}` }
  } catch {
    return { is: 'unanswered' }
  }
}

/** Headers are limited to Latin-1: a key with other characters is invalid anyway. */
function authorization(key: string): HeadersInit {
  return { authorization: /^[\x20-\x7e]*$/.test(key) ? `Bearer ${key}` : 'Bearer ?' }
}
