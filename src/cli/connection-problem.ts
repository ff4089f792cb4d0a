/**
 * Why a WebSocket could not be opened, for whoever gave the command.
 * @param reason in the words of the library `ws`, which names the status of an answer that is no WebSocket
 */
export function connectionProblemOf(reason: string): string {
  const [, answer] = /^Unexpected server response: (\d+)$/.exec(reason) ?? []
  if (answer === undefined) return reason
  const status = Number(answer)
  // The server itself asks for a key only once the socket is open.
  if (status < 400 || WANTS_SIGN_IN.has(status))
    return `a proxy in between wants a sign-in of its own (status ${answer}); this path must be exempt from it`
  if (status >= 500) return `a proxy does not reach the server, or the server has no room (status ${answer})`
  return `the answer is no WebSocket (status ${answer}): is the path right? A proxy in between must pass on WebSockets (Upgrade)`
}

/** 407 is Proxy Authentication Required. */
const WANTS_SIGN_IN = new Set([401, 403, 407])
