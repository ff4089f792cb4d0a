/** Why a video could not be shown. */
export interface VideoProblem {
  readonly message: string
  /** How long the server asks to wait, ms. */
  readonly retryAfter?: number | undefined
}

/** Asks the server why a video does not begin: an `<img>` learns nothing of an answer that is no picture. */
export async function reasonOf(url: URL): Promise<VideoProblem> {
  const request = new AbortController()
  try {
    const response = await fetch(url.href, { signal: request.signal })
    // It is a video after all.
    if (response.ok) return { message: 'No picture came in time.' }
    const seconds = Number(response.headers.get('retry-after'))
    return { message: await sentenceOf(response), retryAfter: seconds > 0 ? seconds * 1000 : undefined }
  } catch {
    return { message: 'The server cannot be reached.' }
  } finally {
    request.abort()
  }
}

/** Whether the server still sends a video. What cannot be asked, since the network is gone, is not. */
export async function isStillOpen(url: URL): Promise<boolean> {
  try {
    const response = await fetch(url.href, { method: 'HEAD', cache: 'no-store' })
    // A server that has no time for the question may send the video all the same.
    return response.status === 429 || (response.ok && response.headers.get('x-video') !== 'closed')
  } catch {
    return false
  }
}

async function sentenceOf(response: Response): Promise<string> {
  try {
    const { message, error, detail } = await response.json()
    for (const sentence of [message, error, detail]) if (typeof sentence === 'string') return sentence
  } catch {
    // No JSON: a proxy's answer.
  }
  return `The server answered ${response.status}.`
}
