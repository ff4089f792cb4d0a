import type { FrameHandler, FrameHeader } from './frame.ts'
import { ZmtpError } from './zmtp-error.ts'

/** What a peer may make us take. Whatever is larger ends the connection, before memory is taken for it, kept or not. */
export interface MessageBounds {
  /** Frames of one message. */
  readonly maxFrames: number
  /** All frames of one message together, bytes. */
  readonly maxMessageBytes: number
  /** Those frames together that are always gathered (`leadingFrames`), bytes. */
  readonly maxLeadingBytes: number
}

/** What becomes of the messages that a `MessageReader` reads. All frames are new memory, which is the receiver's. */
export interface MessageListener {
  /** The leading frames of a message are complete. @returns whether the rest of it is to be gathered or dropped */
  leading(frames: readonly Uint8Array[]): 'keep' | 'skip'
  /** A message that was to be kept is complete, or one that has fewer frames than the leading ones. */
  message(frames: readonly Uint8Array[]): void
  /** A message whose rest was dropped is complete. @param bytes its size, all frames together */
  skipped(bytes: number): void
}

/** What a message reader needs. */
export interface MessageReaderParts {
  /** How many frames say whether a message is wanted: 1 or more. */
  readonly leadingFrames: number
  readonly bounds: MessageBounds
  /** Takes memory; it need not be cleared. */
  allocate(bytes: number): Uint8Array
  readonly listener: MessageListener
}

/**
 * Gathers the frames of messages: the leading ones always, the others if their message is wanted. So a message that nobody
 * wants costs neither memory nor copying. At most one message is held at a time.
 */
export class MessageReader implements FrameHandler {
  readonly #parts: MessageReaderParts
  /** Of the current message: what was gathered, how many frames and bytes were announced, and whether it is wanted. */
  #frames: Uint8Array[] = []
  #count = 0
  #bytes = 0
  #choice: 'keep' | 'skip' | undefined

  constructor(parts: MessageReaderParts) {
    this.#parts = parts
  }

  begin({ size }: FrameHeader): Uint8Array | undefined {
    const { leadingFrames, bounds, allocate } = this.#parts
    this.#count++
    this.#bytes += size
    if (this.#count > bounds.maxFrames)
      throw new ZmtpError(`sends a message of more than ${bounds.maxFrames} frames, which are the most that are taken`)
    if (this.#bytes > bounds.maxMessageBytes)
      throw new ZmtpError(tooLarge('a message', this.#bytes, bounds.maxMessageBytes))
    const isLeading = this.#count <= leadingFrames
    if (isLeading && this.#bytes > bounds.maxLeadingBytes)
      throw new ZmtpError(tooLarge('headers', this.#bytes, bounds.maxLeadingBytes))
    if (!isLeading && this.#choice === 'skip') return undefined
    const memory = allocate(size)
    this.#frames.push(memory)
    return memory
  }

  end({ hasMore }: FrameHeader): void {
    const { leadingFrames, listener } = this.#parts
    if (this.#count === leadingFrames) this.#choice = listener.leading(this.#frames)
    if (hasMore) return
    const { frames, bytes, choice } = { frames: this.#frames, bytes: this.#bytes, choice: this.#choice }
    this.#frames = []
    this.#count = 0
    this.#bytes = 0
    this.#choice = undefined
    if (choice === 'skip') listener.skipped(bytes)
    else listener.message(frames)
  }
}

function tooLarge(what: string, bytes: number, most: number): string {
  return `announces ${what} of ${bytes} bytes or more; at most ${most} are taken`
}
