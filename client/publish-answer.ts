/**
 * Parses an answer of `/ws/frames`.
 * @returns why the frame was refused; undefined if it was stored
 */
export function readPublishAnswer(text: string): string | undefined {
  const answer = parse(text)
  if (typeof answer !== 'object' || answer === null) return text
  if ('status' in answer && answer.status === 'ok') return undefined
  return 'message' in answer && typeof answer.message === 'string' ? answer.message : text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not this protocol: the caller then reports the text itself.
    return undefined
  }
}
