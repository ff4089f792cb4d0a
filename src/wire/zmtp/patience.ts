/** How long peers may be silent, ms. */
export interface Patience {
  /** From the connection to READY. */
  readonly handshake: number
  /** Between two PINGs, which only peers of ZMTP 3.1 and newer are sent. */
  readonly heartbeatInterval: number
  /** Without a single byte, where PINGs are sent. */
  readonly heartbeatTimeout: number
}

/** libzmq's own defaults are no heartbeats at all, and 30 s for the handshake. */
export const DEFAULT_PATIENCE: Patience = { handshake: 5000, heartbeatInterval: 1000, heartbeatTimeout: 2000 }
