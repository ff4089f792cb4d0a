import { printable } from './printable.ts'
import { ZmtpError } from './zmtp-error.ts'

/*
 * The greeting, the first 64 bytes that each peer sends (https://rfc.zeromq.org/spec/23/, "Greeting"): signature, version,
 * security mechanism, whether it is the server of that mechanism, filler.
 */

/** How long it is, bytes. */
export const GREETING_BYTES = 64

/** Where the security mechanism begins; before it are signature and version. */
export const MECHANISM_AT = 12

/** What a peer's greeting says, if we can talk with it. */
export interface Greeting {
  /** 3, or more. */
  readonly major: number
  readonly minor: number
}

/** Our own: ZMTP 3.1, mechanism NULL. */
export function encodeGreeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES)
  bytes[0] = SIGNATURE_FIRST
  bytes[SIGNATURE_END - 1] = SIGNATURE_LAST
  bytes[MAJOR] = 3
  bytes[MINOR] = 1
  bytes.set(encoder.encode('NULL'), MECHANISM_AT)
  return bytes
}

/** Reads a greeting that arrives in pieces. */
export class GreetingReader {
  readonly #bytes = new Uint8Array(GREETING_BYTES)
  #length = 0

  /**
   * Takes what belongs to the greeting from the beginning of a chunk.
   * @returns the number of bytes taken, and what the greeting says once it is complete
   * @throws ZmtpError as soon as it is clear that the peer is none for us: what speaks something else sends no 64 bytes
   */
  read(chunk: Uint8Array): { readonly taken: number; readonly greeting: Greeting | undefined } {
    const taken = Math.min(chunk.length, GREETING_BYTES - this.#length)
    this.#bytes.set(chunk.subarray(0, taken), this.#length)
    this.#length += taken
    this.#check()
    const { [MAJOR]: major = 0, [MINOR]: minor = 0 } = this.#bytes
    return { taken, greeting: this.#length === GREETING_BYTES ? { major, minor } : undefined }
  }

  #check(): void {
    const bytes = this.#bytes.subarray(0, this.#length)
    const [first = SIGNATURE_FIRST, second = 0] = bytes
    // ZMTP 1.0 begins with a frame: the identity's length and 1, flags (0), the identity.
    if (first > 0 && first < SIGNATURE_FIRST && second === 0) {
      if (bytes.length > 1) throw new ZmtpError(tooOld('1.0'))
    } else if (first !== SIGNATURE_FIRST || (bytes[SIGNATURE_END - 1] ?? SIGNATURE_LAST) !== SIGNATURE_LAST)
      throw new ZmtpError(`does not speak ZeroMQ; it says "${printable(bytes, SHOWN)}"`)
    const major = bytes[MAJOR] ?? 3
    if (major < 3) throw new ZmtpError(tooOld(`${major + 1}.0`))
    if (bytes.length >= MECHANISM_AT + MECHANISM_BYTES)
      checkMechanism(bytes.subarray(MECHANISM_AT, MECHANISM_AT + MECHANISM_BYTES))
  }
}

/** The version field of ZMTP 1.0 with a signature is 0, that of 2.0 is 1 (https://rfc.zeromq.org/spec/15/). */
function tooOld(version: string): string {
  return `speaks ZMTP ${version}; 3.0 or newer is needed (libzmq 4)`
}

function checkMechanism(field: Uint8Array): void {
  const end = field.indexOf(0)
  const name = printable(field.subarray(0, end < 0 ? field.length : end), MECHANISM_BYTES)
  if (name !== 'NULL')
    throw new ZmtpError(`wants the security mechanism ${name || '""'}; only NULL (none) is supported`)
}

const encoder = new TextEncoder()
const SIGNATURE_FIRST = 0xff
const SIGNATURE_LAST = 0x7f
const SIGNATURE_END = 10
const MAJOR = 10
const MINOR = 11
const MECHANISM_BYTES = 20
/** How much is shown of what a stranger says. */
const SHOWN = 24
