import { parseAddress } from '../../../src/wire/zmtp/address.ts'

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
  const typed = text.trim()
  try {
    const { host, port } = parseAddress(typed.includes('://') ? typed : `tcp://${typed}`, 'connect')
    return host === undefined ? undefined : { host, port }
  } catch {
    return undefined
  }
}
