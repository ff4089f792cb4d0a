/** The address of an instrument, as the API has it. */
export interface InstrumentAddress {
  readonly host: string
  readonly port: number
}

/**
 * Reads what somebody typed: "tcp://beam:8888", "beam:8888", "[::1]:8888".
 * @returns undefined unless it is a host and a port
 */
export function addressOf(text: string): InstrumentAddress | undefined {
  const [, inBrackets, plain, digits] =
    /^(?:tcp:\/\/)?(?:\[([^\]\s]+)\]|([^\s:/[\]]+)):(\d{1,5})$/i.exec(text.trim()) ?? []
  const host = inBrackets ?? plain
  const port = Number(digits)
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined
}

/** The address as ZeroMQ writes it: "tcp://beam:8888". */
export function endpointOf({ host, port }: InstrumentAddress): string {
  return `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`
}
