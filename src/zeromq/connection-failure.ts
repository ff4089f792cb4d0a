/**
 * What an error of a TCP connection or of listening means, to be put behind an address: "cannot be reached: nothing
 * listens there".
 */
export function connectionFailure(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  return FAILURES[code] ?? `cannot be reached: ${error.message || code}`
}

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'cannot be reached: nothing listens there',
  ENOTFOUND: 'cannot be reached: there is no host of that name',
  EAI_AGAIN: 'cannot be reached: the name of the host cannot be looked up now',
  ETIMEDOUT: 'cannot be reached: the host does not answer',
  EHOSTUNREACH: 'cannot be reached: there is no way to the host',
  ENETUNREACH: 'cannot be reached: there is no way to the host',
  ECONNRESET: 'has cut the connection off',
  EPIPE: 'has cut the connection off',
  EADDRINUSE: 'cannot be listened at: another program does',
  EADDRNOTAVAIL: 'cannot be listened at: it is no address of this machine',
  EACCES: 'cannot be listened at: the system does not allow it',
}
