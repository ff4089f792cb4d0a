import { ZmtpError } from './zmtp-error.ts'

/** What a subscriber wants: messages whose first frame begins with one of its prefixes. */
export class Subscriptions {
  /** How often it has subscribed to each, as it cancels as often; by the bytes as characters. */
  readonly #counts = new Map<string, number>()
  /** The prefixes themselves. */
  readonly #prefixes = new Map<string, Uint8Array>()

  /** @throws ZmtpError if there are too many, or one is too long */
  change(kind: 'SUBSCRIBE' | 'CANCEL', prefix: Uint8Array): void {
    if (prefix.length > MAX_PREFIX_BYTES) throw new ZmtpError(`subscribes to a topic of ${prefix.length} bytes`)
    const key = String.fromCharCode(...prefix)
    const count = (this.#counts.get(key) ?? 0) + (kind === 'SUBSCRIBE' ? 1 : -1)
    if (count <= 0) {
      this.#counts.delete(key)
      this.#prefixes.delete(key)
      return
    }
    if (count === 1 && this.#counts.size >= MAX_PREFIXES)
      throw new ZmtpError(`has more than ${MAX_PREFIXES} subscriptions`)
    this.#counts.set(key, count)
    this.#prefixes.set(key, prefix)
  }

  /** Whether messages that begin with this frame are wanted. */
  includes(frame: Uint8Array): boolean {
    for (const prefix of this.#prefixes.values())
      if (prefix.length <= frame.length && prefix.every((byte, at) => byte === frame[at])) return true
    return false
  }
}

/** The most that a subscriber may make us hold. */
const MAX_PREFIXES = 100
const MAX_PREFIX_BYTES = 255
