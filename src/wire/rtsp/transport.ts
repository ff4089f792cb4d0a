/** What a camera answers to how we would like the packets (RFC 2326, section 12.39). */
export interface Transport {
  readonly isTcp: boolean
  /** The channels of RTP and RTCP, over the connection. */
  readonly channels: readonly [rtp: number, rtcp: number] | undefined
  /** The ports of the camera, over UDP. */
  readonly serverPorts: readonly [rtp: number, rtcp: number] | undefined
}

/** Reads the field `Transport` of an answer. */
export function readTransport(value: string): Transport {
  const [protocol = '', ...parameters] =
    value
      .split(',', 1)[0]
      ?.split(';')
      .map((part) => part.trim()) ?? []
  const parameter = (name: string) =>
    parameters
      .find((each) => each.toLowerCase().startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .trim()
  return {
    isTcp: /\/TCP$/i.test(protocol),
    channels: pairOf(parameter('interleaved'), 255),
    serverPorts: pairOf(parameter('server_port'), 65_535),
  }
}

/** "0-1", or "0" where the second one is the next. */
function pairOf(value: string | undefined, highest: number): readonly [number, number] | undefined {
  const [, first, second] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value ?? '') ?? []
  if (first === undefined) return undefined
  const pair = [Number(first), second === undefined ? Number(first) + 1 : Number(second)] as const
  return pair.every((number) => number <= highest) ? pair : undefined
}

/** Asks for the packets over the connection, on these channels. */
export function tcpTransport(channel: number): string {
  return `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`
}

/** Asks for the packets over UDP, at these ports. */
export function udpTransport(rtpPort: number, rtcpPort: number): string {
  return `RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort}`
}

/** The session that an answer names, and how long it lives without a request, s. */
export interface RtspSessionId {
  readonly id: string
  readonly timeout: number
}

/** Reads the field `Session` of an answer: "12345678;timeout=60". */
export function readSession(value: string): RtspSessionId {
  const [id = '', ...parameters] = value.split(';').map((part) => part.trim())
  const given = parameters.map((each) => /^timeout *= *(\d{1,6})/i.exec(each)?.[1]).find((each) => each !== undefined)
  const timeout = Number(given ?? 0)
  return { id, timeout: timeout > 0 ? timeout : DEFAULT_TIMEOUT }
}

/** RFC 2326, section 12.37. */
const DEFAULT_TIMEOUT = 60
