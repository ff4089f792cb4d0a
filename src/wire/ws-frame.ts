/*
 * WebSocket framing: encodes complete server-to-client frames (RFC 6455, section 5.2), which are final, unmasked,
 * unfragmented and uncompressed. For a broadcast one buffer is encoded once and written as it is to the raw socket of
 * each viewer.
 */

/** One encoded WebSocket message, shared by all viewers. */
export interface WireMessage {
  /** The frame of the message, in pieces to be written one after another: one or, if it is large, several. */
  readonly plain: readonly Uint8Array[]
  /** The same with a ping frame behind it: the pong confirms that the peer has read the message. */
  readonly probed: readonly Uint8Array[]
  /** The length of `plain`. */
  readonly bytes: number
  /** The number in the ping's payload; unique in this process. */
  readonly serial: number
}

/** Encodes a binary message. The parts are joined; unless the message is large, each is copied once. */
export function binaryMessage(...parts: Uint8Array[]): WireMessage {
  return frame(BINARY, nextSerial(), parts)
}

/** Encodes a text message. A lone surrogate becomes U+FFFD. */
export function textMessage(text: string): WireMessage {
  return frame(TEXT, nextSerial(), [encoder.encode(text)])
}

/** Encodes a text message that is there as UTF-8, in parts as those of `binaryMessage`. */
export function utf8Message(...parts: Uint8Array[]): WireMessage {
  return frame(TEXT, nextSerial(), parts)
}

/**
 * Encodes a binary message that contains its own serial number.
 * @param serial from `nextSerial()`, for this message only
 */
export function numberedBinaryMessage(serial: number, ...parts: Uint8Array[]): WireMessage {
  return frame(BINARY, serial, parts)
}

/**
 * Encodes a text message that contains its own serial number.
 * @param serial from `nextSerial()`, for this message only
 */
export function numberedTextMessage(serial: number, text: string): WireMessage {
  return frame(TEXT, serial, [encoder.encode(text)])
}

/** The next serial number, for a message that contains it: a safe integer, ascending. It may stay unused. */
export function nextSerial(): number {
  return ++lastSerial
}

/** The serial number in a pong; undefined when the payload is not that of one of our pings. */
export function pongSerial(payload: Uint8Array): number | undefined {
  if (payload.length !== SERIAL_BYTES) return undefined
  const view = new DataView(payload.buffer, payload.byteOffset, SERIAL_BYTES)
  const serial = view.getUint32(0) * TWO_32 + view.getUint32(4)
  return serial <= Number.MAX_SAFE_INTEGER ? serial : undefined
}

const TWO_32 = 2 ** 32
const SERIAL_BYTES = 8
const PING_BYTES = 2 + SERIAL_BYTES

// The first byte of a frame: FIN and the opcode (RFC 6455, section 5.2).
const TEXT = 0x81
const BINARY = 0x82
const PING = 0x89

const encoder = new TextEncoder()
let lastSerial = 0

function frame(firstByte: number, serial: number, parts: readonly Uint8Array[]): WireMessage {
  let length = 0
  for (const part of parts) length += part.length
  const headerBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = headerBytes + length
  if (length >= LARGE_BYTES) {
    const header = new Uint8Array(headerBytes)
    writeHeader(new DataView(header.buffer), firstByte, headerBytes, length)
    const ping = new Uint8Array(PING_BYTES)
    writePing(new DataView(ping.buffer), 0, serial)
    const plain = [header, ...parts]
    return { plain, probed: [...plain, ping], bytes, serial }
  }
  const whole = new Uint8Array(bytes + PING_BYTES)
  const view = new DataView(whole.buffer)
  writeHeader(view, firstByte, headerBytes, length)
  let at = headerBytes
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  writePing(view, bytes, serial)
  return { plain: [whole.subarray(0, bytes)], probed: [whole], bytes, serial }
}

/**
 * From this size on, in bytes, parts are not copied: memory for ten megabytes, touched for the first time, takes some
 * 20 ms.
 */
const LARGE_BYTES = 500_000

function writeHeader(view: DataView, firstByte: number, headerBytes: number, length: number): void {
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
}

function writePing(view: DataView, at: number, serial: number): void {
  view.setUint8(at, PING)
  view.setUint8(at + 1, SERIAL_BYTES)
  setUint64(view, at + 2, serial)
}

/** Big-endian. Without BigInt, which would allocate for each message. */
function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / TWO_32))
  view.setUint32(at + 4, value % TWO_32)
}
