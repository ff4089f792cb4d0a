/** The parts of a camera's address. */
export interface NetworkAddress {
  /** In small letters: "rtmp". */
  readonly scheme: string
  /** Without brackets; empty: whatever address this server has (`udp://:5000`). */
  readonly host: string
  /** Empty: the usual one. */
  readonly port: string
  /** Path and query. */
  readonly rest: string
}

/**
 * Takes an address apart; `URL` refuses those without a host. User and password are left out.
 * @returns undefined if it is none
 */
export function readNetworkAddress(url: string): NetworkAddress | undefined {
  const match = ADDRESS.exec(url)
  if (!match || hasControls(url)) return undefined
  const [, scheme = '', host = '', port = '', rest = ''] = match
  return { scheme: scheme.toLowerCase(), host: host.replace(/^\[(.*)\]$/, '$1'), port, rest }
}

const ADDRESS = /^([a-z]{2,10}):\/\/(?:[^/?#]*@)?(\[[\da-f:.%]*\]|[^:/?#[\]]*)(?::(\d{1,5}))?([/?#].*)?$/i

/** Line ends would be lines of their own in what FFmpeg is told. */
function hasControls(text: string): boolean {
  return Array.from(text).some((character) => character < ' ')
}

/**
 * Puts an address together again.
 * @param host an IPv6 address gets its brackets
 */
export function networkUrl({ scheme, port, rest }: NetworkAddress, host: string, userinfo = ''): string {
  const bracketed = host.includes(':') ? `[${host}]` : host
  return `${scheme}://${userinfo}${bracketed}${port === '' ? '' : `:${port}`}${rest}`
}
