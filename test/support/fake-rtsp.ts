import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import { encodeRtspResponse, fieldOf, type RtspRequest } from '../../src/wire/rtsp/rtsp-message.ts'
import { RtspReader } from '../../src/wire/rtsp/rtsp-reader.ts'
import { encodeRtp, H264_SETS, IDR, INTER, Packets } from './rtp.ts'
import { until } from './until.ts'

/** An answer: a status, fields, a body; or bytes as they are, or none at all. */
export type FakeAnswer =
  | { readonly status?: string; readonly fields?: Readonly<Record<string, string>>; readonly body?: string }
  | Uint8Array
  | 'nothing'

/** Answers a request, as often as it comes. */
export type FakeAnswers = Readonly<Record<string, (request: RtspRequest, peer: FakeRtspPeer) => FakeAnswer>>

/** A description with H.264, of which the parameter sets are known. */
export const SDP = [
  ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'm=audio 0 RTP/AVP 8', 'a=control:trackID=0'],
  ...['m=video 0 RTP/AVP 96', 'a=control:trackID=1', 'a=rtpmap:96 H264/90000'],
  `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${H264_SETS.map((set) => Buffer.from(set).toString('base64')).join()}`,
].join('\r\n')

const USUAL: FakeAnswers = {
  OPTIONS: () => ({ fields: { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN' } }),
  DESCRIBE: () => ({ body: SDP }),
  SETUP: () => ({
    fields: { Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1', Session: '4711;timeout=20' },
  }),
  PLAY: () => ({}),
  TEARDOWN: () => ({}),
}

/** A connection to the fake. */
export class FakeRtspPeer {
  readonly socket: Socket
  readonly #packets = new Packets()
  #timestamp = 0

  constructor(socket: Socket) {
    this.socket = socket
  }

  /** Sends a packet between the messages. */
  packet(channel: number, bytes: Uint8Array): void {
    this.socket.write(Buffer.concat([Uint8Array.from([0x24, channel, bytes.length >> 8, bytes.length & 255]), bytes]))
  }

  /** Sends a picture. */
  picture(kind: 'key' | 'inter' = 'key', channel = 0): void {
    this.#timestamp += 3600
    for (const packet of this.#packets.picture(this.#timestamp, [kind === 'key' ? IDR : INTER]))
      this.packet(channel, encodeRtp(packet))
  }
}

/** A camera over RTSP that does what a test says, and else what cameras do. */
export class FakeRtsp {
  readonly requests: RtspRequest[] = []
  readonly peers: FakeRtspPeer[] = []
  readonly port: number
  readonly isTls: boolean

  private constructor(port: number, isTls: boolean) {
    this.port = port
    this.isTls = isTls
  }

  /** Starts one, until the test is over. @param certificate of one over TLS */
  static async start(
    answers: FakeAnswers = {},
    certificate?: { readonly cert: Buffer; readonly key: Buffer },
  ): Promise<FakeRtsp> {
    const server = certificate ? createSecureServer(certificate) : createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const fake = new FakeRtsp((server.address() as AddressInfo).port, certificate !== undefined)
    server.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) => fake.#serve(socket, answers))
    onTestFinished(() => {
      for (const { socket } of fake.peers) socket.destroy()
      server.close()
    })
    return fake
  }

  /** Its address. */
  get url(): string {
    return `${this.isTls ? 'rtsps' : 'rtsp'}://127.0.0.1:${this.port}/live`
  }

  /** The methods that it was asked for, in order. */
  get methods(): string[] {
    return this.requests.map(({ method }) => method)
  }

  /** Waits until it has been asked that so often. @returns the last one */
  async asked(method: string, count = 1): Promise<RtspRequest> {
    const all = () => this.requests.filter((each) => each.method === method)
    await until(() => all().length >= count, `${method} at the camera`)
    const request = all()[count - 1]
    if (!request) throw new Error(`no ${method}`)
    return request
  }

  /** The connection that was made first, or later. */
  peer(at = 0): FakeRtspPeer {
    const peer = this.peers[at]
    if (!peer) throw new Error('nobody has connected')
    return peer
  }

  #serve(socket: Socket, answers: FakeAnswers): void {
    const peer = new FakeRtspPeer(socket)
    this.peers.push(peer)
    socket.on('error', () => {})
    const reader = new RtspReader({
      message: (message) => {
        if (message.kind !== 'request') return
        this.requests.push(message)
        const answer = (answers[message.method] ?? USUAL[message.method])?.(message, peer) ?? { status: '501 No' }
        if (answer === 'nothing') return
        socket.write(answer instanceof Uint8Array ? answer : encodeAnswer(message, answer))
      },
      packet: () => {},
    })
    socket.on('data', (bytes: Buffer) => reader.read(bytes))
  }
}

function encodeAnswer(request: RtspRequest, answer: Exclude<FakeAnswer, Uint8Array | 'nothing'>): Uint8Array {
  const { status = '200 OK', fields = {}, body = '' } = answer
  const length = String(Buffer.byteLength(body))
  const header = encodeRtspResponse(status, {
    CSeq: fieldOf(request, 'cseq') ?? '',
    'Content-Length': length,
    ...fields,
  })
  return Buffer.concat([header, Buffer.from(body)])
}
