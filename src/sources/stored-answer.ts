/** What the sender of a frame is answered, by the detection hub's contract, and `note` of ours. */
export interface StoredAnswer {
  readonly status: 'ok'
  readonly message: 'Frame stored successfully.'
  /** What is not kept as it was sent, in a sentence. */
  readonly note?: string
}

/** The answer to a frame that was stored, or to a picture without bytes, which never is. */
export function storedAnswer(note?: string): StoredAnswer {
  return { status: 'ok', message: 'Frame stored successfully.', ...(note !== undefined && { note }) }
}
