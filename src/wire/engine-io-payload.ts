/*
 * Payloads of polling in Engine.IO 3 (https://github.com/socketio/engine.io-protocol/tree/v3#encoding): several packets
 * in one body. The library's own reader takes half a second for a megabyte.
 */

/** A packet as it stands in a payload: text, or bytes. */
export type PayloadPacket = string | Uint8Array

/**
 * Takes a text payload apart: `LENGTH:PACKET…`, lengths in UTF-16 code units.
 * @returns undefined if it is none, or has more packets than that
 */
export function packetsInText(text: string, most: number): PayloadPacket[] | undefined {
  const packets: PayloadPacket[] = []
  for (let at = 0; at < text.length; ) {
    const colon = text.indexOf(':', at)
    if (colon < 0 || colon - at > MOST_DIGITS || packets.length === most) return undefined
    const digits = text.slice(at, colon)
    const end = colon + 1 + Number(digits)
    if (!/^[1-9]\d*$/.test(digits) || end > text.length) return undefined
    packets.push(text.slice(colon + 1, end))
    at = end
  }
  return packets
}

/**
 * Takes a binary payload apart: for each packet 0 (text) or 1 (bytes), the digits of its length in bytes as numbers, 255,
 * and the packet.
 * @returns undefined if it is none, or has more packets than that
 */
export function packetsInBytes(bytes: Uint8Array, most: number): PayloadPacket[] | undefined {
  const packets: PayloadPacket[] = []
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at++] ?? TEXT
    let length = 0
    let digits = 0
    for (let digit = bytes[at++]; digit !== END_OF_LENGTH; digit = bytes[at++]) {
      if (digit === undefined || digit > 9 || ++digits > MOST_DIGITS) return undefined
      length = length * 10 + digit
    }
    const end = at + length
    if (kind > BYTES || length === 0 || end > bytes.length || packets.length === most) return undefined
    const packet = bytes.subarray(at, end)
    packets.push(kind === TEXT ? decoder.decode(packet) : packet)
    at = end
  }
  return packets
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const TEXT = 0
const BYTES = 1
const END_OF_LENGTH = 255
/** A body has at most so many bytes that this suffices. */
const MOST_DIGITS = 9
