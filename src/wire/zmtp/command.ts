import { encodeCommandFrame } from './frame.ts'
import { printable } from './printable.ts'
import { ZmtpError } from './zmtp-error.ts'

/*
 * Commands, which are between the sockets' libraries and not for those who use them: READY and ERROR of the NULL mechanism
 * (https://rfc.zeromq.org/spec/23/), SUBSCRIBE, CANCEL, PING and PONG of ZMTP 3.1 (https://rfc.zeromq.org/spec/37/).
 */

/** The largest command that is taken, bytes. */
export const MAX_COMMAND_BYTES = 16_384

/** A command that was received. */
export type Command =
  /** The peer is ready. Names of properties are in lower case, as their case does not matter. */
  | { readonly name: 'READY'; readonly properties: ReadonlyMap<string, string> }
  | { readonly name: 'ERROR'; readonly reason: string }
  | { readonly name: 'SUBSCRIBE' | 'CANCEL'; readonly prefix: Uint8Array }
  /** @property ttl how long the peer will wait for something from us, ms; 0: for ever */
  | { readonly name: 'PING'; readonly ttl: number; readonly context: Uint8Array }
  | { readonly name: 'PONG' }
  /** One that we do not know. */
  | { readonly name: '' }

/** The first thing that is said after the greeting. */
export function encodeReady(socketType: string): Uint8Array {
  const name = encoder.encode('Socket-Type')
  const value = encoder.encode(socketType)
  const data = new Uint8Array(1 + name.length + 4 + value.length)
  data[0] = name.length
  data.set(name, 1)
  new DataView(data.buffer).setUint32(1 + name.length, value.length)
  data.set(value, 5 + name.length)
  return encodeCommandFrame('READY', data)
}

/** Asks a publisher for the messages that begin with `prefix`. */
export function encodeSubscribe(prefix: Uint8Array): Uint8Array {
  return encodeCommandFrame('SUBSCRIBE', prefix)
}

/** Asks for a PONG. @param ttl after how long without anything from us the peer may close the connection, ms */
export function encodePing(ttl: number): Uint8Array {
  const data = new Uint8Array(2)
  new DataView(data.buffer).setUint16(0, Math.min(Math.ceil(ttl / TTL_UNIT_MS), 0xffff))
  return encodeCommandFrame('PING', data)
}

/** Answers a PING. @param context the PING's */
export function encodePong(context: Uint8Array): Uint8Array {
  return encodeCommandFrame('PONG', context)
}

/** Reads the body of a command frame. @throws ZmtpError if it is malformed */
export function parseCommand(body: Uint8Array): Command {
  const nameLength = body[0] ?? 0
  if (nameLength === 0 || body.length < 1 + nameLength) throw new ZmtpError('sends a command without a name')
  const data = body.subarray(1 + nameLength)
  const name = printable(body.subarray(1, 1 + nameLength), nameLength)
  switch (name) {
    case 'READY':
      return { name, properties: propertiesIn(data) }
    case 'ERROR':
      return { name, reason: reasonIn(data) }
    case 'SUBSCRIBE':
    case 'CANCEL':
      return { name, prefix: data }
    case 'PING':
      if (data.length < 2 || data.length > 2 + MAX_CONTEXT_BYTES) throw new ZmtpError('sends a malformed PING')
      return { name, ttl: viewOf(data).getUint16(0) * TTL_UNIT_MS, context: data.subarray(2) }
    case 'PONG':
      return { name }
    default:
      return { name: '' }
  }
}

function propertiesIn(data: Uint8Array): Map<string, string> {
  const properties = new Map<string, string>()
  const view = viewOf(data)
  let at = 0
  while (at < data.length) {
    const nameEnd = at + 1 + view.getUint8(at)
    const valueBegin = nameEnd + 4
    const valueEnd = valueBegin > data.length ? Number.POSITIVE_INFINITY : valueBegin + view.getUint32(nameEnd)
    if (nameEnd === at + 1 || valueEnd > data.length) throw new ZmtpError('sends malformed properties with READY')
    const value = data.subarray(valueBegin, valueEnd)
    properties.set(printable(data.subarray(at + 1, nameEnd), 0xff).toLowerCase(), printable(value, MAX_VALUE))
    at = valueEnd
  }
  return properties
}

function reasonIn(data: Uint8Array): string {
  return printable(data.subarray(1, 1 + (data[0] ?? 0)), 0xff)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

const encoder = new TextEncoder()
/** A TTL is in tenths of a second. */
const TTL_UNIT_MS = 100
const MAX_CONTEXT_BYTES = 16
/** How much of a property's value is kept; the types of sockets are shorter. */
const MAX_VALUE = 32
