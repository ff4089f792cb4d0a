/**
 * What an error of a TCP connection or of listening means, to be put behind an address: "cannot be reached: nothing
 * listens there".
 * @returns undefined if the peer has closed the connection, and that while we were saying something (a reset)
 */
export function connectionFailure(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ECONNRESET' || code === 'EPIPE') return undefined
  return FAILURES[code] ?? `cannot be reached: ${error.message || code}`
}

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'cannot be reached: nothing listens there',
  ENOTFOUND: 'cannot be reached: there is no host of that name',
  EAI_AGAIN: 'cannot be reached: the name of the host cannot be looked up now',
  ETIMEDOUT: 'cannot be reached: the host does not answer',
  EHOSTUNREACH: 'cannot be reached: there is no way to the host',
  ENETUNREACH: 'cannot be reached: there is no way to the host',
  EADDRINUSE: 'cannot be listened at: another program does',
  EADDRNOTAVAIL: 'cannot be listened at: it is no address of this machine',
  EACCES: 'cannot be listened at: the system does not allow it',
}
