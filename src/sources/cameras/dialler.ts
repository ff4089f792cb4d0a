import type { Socket } from 'node:net'

/**
 * Connects to cameras: the one place that resolves their names, and refuses addresses that may not be asked
 * (`cameras.addresses`), so that nobody who may edit cameras can look around in a network by them.
 */
export interface Dialler {
  /**
   * The IP address to connect to.
   * @param host a name, an IPv4 address or an IPv6 address without brackets
   * @throws CameraFailure `unreachable` when the name is not known, `address` when it may not be asked
   */
  resolve(host: string, signal: AbortSignal): Promise<string>
  /**
   * A connection, over TLS if `tls` is given. The address that was checked is the one that is connected to.
   * @throws CameraFailure as `resolve`; `unreachable`, also after the time limit; `certificate`, `protocol`, `silent` of TLS;
   *   the signal's reason
   */
  connect(to: CameraAddress, signal: AbortSignal): Promise<Socket>
}

/** Where to connect to. */
export interface CameraAddress {
  readonly host: string
  readonly port: number
  /** `any`: the certificate is not checked. Left out: no TLS. */
  readonly tls?: 'verified' | 'any' | undefined
}
