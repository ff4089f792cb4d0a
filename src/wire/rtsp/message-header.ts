import { RtspError } from './rtsp-error.ts'
import type { RtspFields, RtspMessage } from './rtsp-message.ts'

/** A message but for its body. */
export interface MessageHeader {
  /** @param body as long as `bodyBytes` says */
  with(body: Uint8Array): RtspMessage
  readonly bodyBytes: number
}

/**
 * Reads the header of a message.
 * @param bytes with the empty line at its end
 * @throws RtspError
 */
export function readHeader(bytes: Uint8Array): MessageHeader {
  const [start = '', ...lines] = decoder.decode(bytes).split(/\r?\n/)
  const fields = readFields(lines)
  const bodyBytes = bodyBytesOf(fields)
  const response = /^RTSP\/\d\.\d +(\d{3})(?: +(.*))?$/i.exec(start)
  if (response) {
    const [, status, reason = ''] = response
    return { bodyBytes, with: (body) => ({ kind: 'response', status: Number(status), reason, fields, body }) }
  }
  const request = /^([A-Z_]+) +(\S+) +RTSP\/\d\.\d *$/i.exec(start)
  if (!request) throw foreign(start)
  const [, method = '', uri = ''] = request
  return { bodyBytes, with: (body) => ({ kind: 'request', method: method.toUpperCase(), uri, fields, body }) }
}

/** What is to be said of a peer that begins with something else than RTSP. @param start its first line or bytes */
export function foreign(start: string): RtspError {
  if (/^HTTP\//i.test(start))
    return new RtspError(
      'A web server answers at this port, not RTSP: the port of RTSP is 554 on most cameras; for a picture by HTTP begin the address with http://.',
    )
  if (start.charCodeAt(0) === TLS_ALERT || start.charCodeAt(0) === TLS_HANDSHAKE)
    return new RtspError('The camera answers in TLS at this port: begin the address with rtsps://.')
  return new RtspError('What answers at this port does not speak RTSP: check the port, which is 554 on most cameras.')
}

function readFields(lines: readonly string[]): RtspFields {
  const fields = new Map<string, string[]>()
  let last: string[] | undefined
  for (const line of lines) {
    // A line that begins with a space goes on with the field before.
    if (/^[ \t]/.test(line) && last) {
      last.push(`${last.pop() ?? ''} ${line.trim()}`)
      continue
    }
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    last = fields.get(name) ?? []
    last.push(line.slice(colon + 1).trim())
    fields.set(name, last)
  }
  return fields
}

function bodyBytesOf(fields: RtspFields): number {
  const [value = '0'] = fields.get('content-length') ?? []
  const bytes = /^\d+$/.test(value) ? Number(value) : 0
  if (bytes > MOST_BODY_BYTES)
    throw new RtspError(
      `The camera sends a message of ${value.slice(0, 20)} bytes; at most ${MOST_BODY_BYTES} are read.`,
    )
  return bytes
}

/** Some cameras write names in other encodings. */
const decoder = new TextDecoder('utf-8')
const MOST_BODY_BYTES = 262_144
const TLS_ALERT = 0x15
const TLS_HANDSHAKE = 0x16
