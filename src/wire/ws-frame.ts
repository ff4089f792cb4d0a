/*
 * WebSocket framing: whole server-to-client frames (RFC 6455, section 5.2): final, unmasked, not fragmented, not
 * compressed. A broadcast is one such buffer, made once and written as it is to the raw socket of each viewer.
 */

/** One WebSocket message ready for the socket, made once and written to every viewer. */
export interface WireMessage {
  /** The message alone. */
  readonly plain: Uint8Array
  /** The message with a ping behind it in the same bytes: the pong to it confirms that the peer read the message. */
  readonly probed: Uint8Array
  /** The number in that ping; unique in this process. */
  readonly serial: number
}

/** A binary message; the parts are joined, each copied once. */
export function binaryMessage(...parts: Uint8Array[]): WireMessage {
  return frame(BINARY, nextSerial(), parts)
}

/** A text message. Half a surrogate pair is sent as U+FFFD. */
export function textMessage(text: string): WireMessage {
  return frame(TEXT, nextSerial(), [encoder.encode(text)])
}

/**
 * A binary message that tells its own number.
 * @param serial from `nextSerial()`, for this message only
 */
export function numberedBinaryMessage(serial: number, ...parts: Uint8Array[]): WireMessage {
  return frame(BINARY, serial, parts)
}

/**
 * A text message that tells its own number.
 * @param serial from `nextSerial()`, for this message only
 */
export function numberedTextMessage(serial: number, text: string): WireMessage {
  return frame(TEXT, serial, [encoder.encode(text)])
}

/** A number for a message that has to hold it: a safe integer, above all those given before. May be left unused. */
export function nextSerial(): number {
  return ++lastSerial
}

/** The number that a pong gives back; undefined when its payload cannot be that of a ping of ours. */
export function pongSerial(payload: Uint8Array): number | undefined {
  if (payload.length !== SERIAL_BYTES) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset, SERIAL_BYTES)
  const serial = view.getUint32(0) * TWO_32 + view.getUint32(4)
  return serial <= Number.MAX_SAFE_INTEGER ? serial : undefined
}

const TWO_32 = 2 ** 32
const SERIAL_BYTES = 8
const PING_BYTES = 2 + SERIAL_BYTES

// The first byte of a frame: FIN and the opcode.
const TEXT = 0x81
const BINARY = 0x82
const PING = 0x89

const encoder = new TextEncoder()
let lastSerial = 0

function frame(firstByte: number, serial: number, parts: readonly Uint8Array[]): WireMessage {
  let length = 0
  for (const part of parts) length += part.length
  const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const end = headerBytes + length
  const probed = new Uint8Array(end + PING_BYTES)
  const view = new DataView(probed.buffer)

  view.setUint8(0, firstByte)
  if (headerBytes === 2) {
    view.setUint8(1, length)
  } else if (headerBytes === 4) {
    view.setUint8(1, 126)
    view.setUint16(2, length)
  } else {
    view.setUint8(1, 127)
    setUint64(view, 2, length)
  }

  let at = headerBytes
  for (const part of parts) {
    probed.set(part, at)
    at += part.length
  }

  view.setUint8(end, PING)
  view.setUint8(end + 1, SERIAL_BYTES)
  setUint64(view, end + 2, serial)
  return { plain: probed.subarray(0, end), probed, serial }
}

/** Without BigInt, which would be made and thrown away for each message. */
function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / TWO_32))
  view.setUint32(at + 4, value % TWO_32)
}
