/**
 * A peer does what ZMTP does not allow, or what we do not take. The message says what the peer does, to be put behind its
 * address: "speaks ZMTP 2.0; 3.0 or newer is needed". The connection is to be closed then.
 */
export class ZmtpError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ZmtpError'
  }
}
