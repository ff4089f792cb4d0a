/** Fields of a message, by their names in lower case; fields that come several times have all values. */
export type RtspFields = ReadonlyMap<string, readonly string[]>

/** An answer (RFC 2326, section 7). */
export interface RtspResponse {
  readonly kind: 'response'
  readonly status: number
  /** In the words of the peer: "Not Found". */
  readonly reason: string
  readonly fields: RtspFields
  readonly body: Uint8Array
}

/** A request; cameras make some as well. */
export interface RtspRequest {
  readonly kind: 'request'
  readonly method: string
  readonly uri: string
  readonly fields: RtspFields
  readonly body: Uint8Array
}

/** A message with a header. */
export type RtspMessage = RtspResponse | RtspRequest

/** The only value of a field, or the first one. @param name in lower case */
export function fieldOf({ fields }: RtspMessage, name: string): string | undefined {
  return fields.get(name)?.[0]
}

/**
 * A request, ready to be sent.
 * @param fields values without line breaks: those that have some are refused
 * @throws TypeError when the URI or a field would break the message
 */
export function encodeRtspRequest(method: string, uri: string, fields: Readonly<Record<string, string>>): Uint8Array {
  return encode(`${method} ${uri} RTSP/1.0`, fields)
}

/** An answer to a request of the peer, ready to be sent. @throws as `encodeRtspRequest` */
export function encodeRtspResponse(status: string, fields: Readonly<Record<string, string>>): Uint8Array {
  return encode(`RTSP/1.0 ${status}`, fields)
}

function encode(start: string, fields: Readonly<Record<string, string>>): Uint8Array {
  const lines = [start, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`)]
  if (lines.some((line) => /[\r\n]/.test(line))) throw new TypeError('a line break in a message of RTSP')
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`)
}
