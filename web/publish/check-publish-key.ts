/** Whether a key may publish. */
export type KeyCheck = { readonly is: 'known' | 'unknown' | 'unanswered' } | { readonly is: 'refused'; reason: string }

/**
 * Asks the server whether a key may publish: a frame with an empty file is answered as any other, and stores nothing.
 * @param origin of the server, "http://…"
 */
export async function checkPublishKey(origin: string, key: string): Promise<KeyCheck> {
  try {
    const form = new FormData()
    form.append('label', 'key')
    form.append('key', 'check')
    form.append('file', new Blob([]), 'empty.jpg')
    const response = await fetch(`${origin}/frames`, { method: 'POST', headers: authorization(key), body: form })
    if (response.ok) return { is: 'known' }
    if (response.status === 401) return { is: 'unknown' }
    const { detail }: { detail?: unknown } = await response.json()
    return { is: 'refused', reason: typeof detail === 'string' ? detail : `${response.status}` }
  } catch {
    return { is: 'unanswered' }
  }
}

/** A header carries Latin letters only: a key with others is one that the server cannot know. */
function authorization(key: string): HeadersInit {
  return { authorization: /^[\x20-\x7e]*$/.test(key) ? `Bearer ${key}` : 'Bearer ?' }
}
