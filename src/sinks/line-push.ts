/** The LINE Messaging API: its address and our credentials. */
export interface LinePushRules {
  /** Base URL: "https://api.line.me". */
  readonly apiUrl: string
  /** Channel access token. Undefined: nothing can be sent. */
  readonly accessToken: string | undefined
  /** How long LINE may take to respond, ms; 5 s if left out. */
  readonly timeout?: number
}

/** Sends push messages via LINE (https://developers.line.biz/en/reference/messaging-api/#send-push-message). */
export class LinePush {
  readonly #rules: LinePushRules

  constructor(rules: LinePushRules) {
    this.#rules = rules
  }

  /**
   * Sends a text to a user or a group.
   * @throws Error with a sentence for the requester, which contains neither the token nor LINE's own error
   */
  async send(to: string, text: string): Promise<void> {
    const { apiUrl, accessToken, timeout = 5000 } = this.#rules
    if (accessToken === undefined)
      throw new Error('This server has no LINE_CHANNEL_ACCESS_TOKEN (line.channel_access_token) to answer with.')
    let status: number
    try {
      const response = await fetch(`${apiUrl}/v2/bot/message/push`, {
        method: 'POST',
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ to, messages: [{ type: 'text', text }] }),
        // A redirect must not pass the token on to another host.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      })
      status = response.status
      await response.body?.cancel()
    } catch (error) {
      // Not the error's message: for a header that cannot be sent it contains the token.
      throw new Error(reasonOf(error, timeout))
    }
    if (status < 200 || status > 299) throw new Error(`LINE refused the message with status ${status}.`)
  }
}

function reasonOf(error: unknown, timeout: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `LINE did not answer within ${timeout / 1000} s.`
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : ''
  return `LINE could not be reached${code}.`
}
