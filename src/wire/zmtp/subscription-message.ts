import { encodeMessage } from './frame.ts'
import { printable } from './printable.ts'
import { ZmtpError } from './zmtp-error.ts'

/*
 * Subscriptions before ZMTP 3.1: messages of one frame, whose first byte is 1 to subscribe and 0 to cancel
 * (https://rfc.zeromq.org/spec/23/); since then they are commands.
 */

/** Asks a publisher for the messages that begin with `prefix`. */
export function encodeSubscriptionMessage(prefix: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + prefix.length)
  frame[0] = SUBSCRIBE
  frame.set(prefix, 1)
  const [bytes = frame] = encodeMessage([frame])
  return bytes
}

/** Reads a message that a subscriber sent. @throws ZmtpError if it is none of these */
export function parseSubscription(message: Uint8Array): {
  readonly kind: 'SUBSCRIBE' | 'CANCEL'
  readonly prefix: Uint8Array
} {
  const [first] = message
  if (first !== SUBSCRIBE && first !== CANCEL)
    throw new ZmtpError(`sends a message where only subscriptions are expected ("${printable(message, 16)}")`)
  return { kind: first === SUBSCRIBE ? 'SUBSCRIBE' : 'CANCEL', prefix: message.subarray(1) }
}

const SUBSCRIBE = 1
const CANCEL = 0
