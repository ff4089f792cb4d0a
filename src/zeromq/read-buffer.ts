import type { OnReadOpts } from 'node:net'
import type { Session } from '../wire/zmtp/session.ts'
import type { TurnReader } from './turn-reader.ts'

/**
 * Where Node puts what arrives over one connection (`onread` of `net.connect`): all that is dropped or small into one
 * buffer, so that nothing is allocated; the rest of a large frame that is wanted where it belongs, so that it is not copied.
 */
export class ReadBuffer {
  /** Who takes it; until there is one, it is lost. */
  reader: TurnReader | undefined
  /** Whose large frames are gathered. */
  session: Session | undefined
  readonly onread: OnReadOpts

  constructor() {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    this.onread = {
      // Node asks for it before each read.
      buffer: () => this.session?.space ?? buffer,
      callback: (length, bytes) => {
        const { reader } = this
        if (!reader) return true
        return bytes === buffer ? reader.receive(buffer.subarray(0, length)) : reader.filled(length)
      },
    }
  }
}

/** Larger ones leave the processor's cache, smaller ones are read into more often. */
const READ_BYTES = 262_144
