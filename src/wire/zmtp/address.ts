/** Where a ZeroMQ socket connects to, or listens. */
export interface ZmtpAddress {
  /** A name or an IP address; without brackets; undefined: all of this machine's addresses, to listen. */
  readonly host: string | undefined
  /** 0: any free one, to listen. */
  readonly port: number
}

/** What one does with an address. */
export type ZmtpRole = 'connect' | 'bind'

/**
 * Reads an address as ZeroMQ writes it: tcp://HOST:PORT, IPv6 in brackets. To listen, HOST and PORT may be an asterisk.
 * @throws RangeError with a sentence for people
 */
export function parseAddress(text: string, role: ZmtpRole): ZmtpAddress {
  const { host = '', port: portText = '' } =
    /^tcp:\/\/(?<host>\[[^\]]+\]|[^:[\]/@\s]+):(?<port>\d{1,5}|\*)$/i.exec(text)?.groups ?? {}
  const port = portText === '*' ? 0 : Number(portText)
  const needsMore = role === 'connect' && (host === '*' || port === 0)
  if (host === '' || portText === '' || port > 0xffff || needsMore)
    throw new RangeError(
      `"${text}" is no address to ${role} to; write tcp://HOST:PORT, for example tcp://localhost:9999`,
    )
  return { host: host === '*' ? undefined : host.replace(/^\[|\]$/g, ''), port }
}

/** How an address is written. */
export function formatAddress({ host = '*', port }: ZmtpAddress): string {
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`
}
