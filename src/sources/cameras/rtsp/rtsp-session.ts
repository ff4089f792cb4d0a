import { randomInt } from 'node:crypto'
import { every } from '../../../core/clock.ts'
import { type RtpVideo, videoOf } from '../../../wire/rtp/rtp-video.ts'
import { readSdp, type SessionDescription } from '../../../wire/rtp/sdp.ts'
import { baseUrl, controlUrl, isRtspUrl } from '../../../wire/rtsp/control-url.ts'
import { fieldOf, type RtspResponse } from '../../../wire/rtsp/rtsp-message.ts'
import {
  type RtspSessionId,
  readSession,
  readTransport,
  tcpTransport,
  udpTransport,
} from '../../../wire/rtsp/transport.ts'
import { CameraFailure, type CameraListener, type InputParts } from '../camera-input.ts'
import { untilAborted } from '../until-aborted.ts'
import { RtspClient } from './rtsp-client.ts'
import { RtspConnection } from './rtsp-connection.ts'
import { readFailure, refusalFailure } from './rtsp-failures.ts'
import type { RtspTarget } from './rtsp-target.ts'
import { UdpPorts } from './udp-ports.ts'
import { VideoFeed } from './video-feed.ts'

/** What a session needs. */
export interface RtspSessionParts {
  readonly target: RtspTarget
  readonly certificate: 'verified' | 'any'
  readonly transport: 'auto' | 'tcp' | 'udp'
  readonly inputs: InputParts
  readonly listener: CameraListener
}

/** One session with a camera, from the connection to its end. */
export class RtspSession {
  readonly #parts: RtspSessionParts
  readonly #signal: AbortSignal
  readonly #failed = Promise.withResolvers<never>()
  readonly #ended = new DisposableStack()
  #connection: RtspConnection | undefined
  #client: RtspClient | undefined
  #feed: VideoFeed | undefined
  /** The channels of RTP and RTCP over the connection. */
  #channels: readonly [rtp: number, rtcp: number] | undefined
  /** What the session is controlled by, once there is one. */
  #session: { readonly uri: string; readonly id: RtspSessionId } | undefined

  constructor(parts: RtspSessionParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
    this.#failed.promise.catch(() => {})
  }

  /**
   * Passes on what the camera sends until the signal is aborted, and ends the session.
   * @throws CameraFailure; Redirection; the signal's reason
   */
  async run(): Promise<never> {
    try {
      await this.#play()
      return await untilAborted(this.#signal, this.#failed.promise)
    } finally {
      await this.#end()
    }
  }

  async #play(): Promise<void> {
    const { target, certificate, inputs } = this.#parts
    const { host, port, isTls, url } = target
    const tls = isTls ? certificate : undefined
    const socket = await inputs.dialler.connect({ host, port, tls }, this.#signal)
    const connection = new RtspConnection(socket, {
      clock: inputs.clock,
      packet: (channel, bytes) => this.#packet(channel, bytes),
    })
    this.#connection = connection
    connection.failed.catch((failure) => this.#failed.reject(failure))
    const client = new RtspClient(connection, target, inputs.limits.connectTimeout, this.#signal)
    this.#client = client
    const described = await client.ask('DESCRIBE', url, { Accept: 'application/sdp' })
    const description = readDescription(described)
    const base = baseUrl(url, [fieldOf(described, 'content-base'), fieldOf(described, 'content-location')])
    const aggregate = controlUrl(base, description.control)
    const video = videoOf(description)
    const mediaBase = isRtspUrl(description.control) ? aggregate : base
    const id = await this.#setUp(client, video, controlUrl(mediaBase, video.control), aggregate)
    await client.ask('PLAY', aggregate, { Session: id.id, Range: 'npt=0.000-' })
    this.#keepAlive(client, aggregate, id)
  }

  /** Arranges how the video comes. */
  async #setUp(client: RtspClient, video: RtpVideo, uri: string, aggregate: string): Promise<RtspSessionId> {
    const { transport, target } = this.#parts
    const kept = (response: RtspResponse): RtspSessionId => {
      const id = readSession(fieldOf(response, 'session') ?? '')
      this.#session = { uri: aggregate, id }
      return id
    }
    if (transport !== 'udp') {
      // Packets may come before the answer that allows them.
      this.#feed = this.#newFeed(video, 'kept')
      const response = await client.answer('SETUP', uri, { Transport: tcpTransport(0) })
      if (response.status === 200) {
        const { isTcp, channels } = readTransport(fieldOf(response, 'transport') ?? '')
        const id = kept(response)
        if (!isTcp) throw notOverTcp()
        this.#channels = channels ?? [0, 1]
        return id
      }
      if (response.status !== 461 || transport === 'tcp' || target.isTls) throw refusalFailure('SETUP', response)
      this.#feed.stop()
    }
    const feed = this.#newFeed(video, 'any')
    this.#feed = feed
    const ports = await this.#openPorts(feed)
    const response = await client.ask('SETUP', uri, { Transport: udpTransport(...ports.numbers) })
    const id = kept(response)
    const { serverPorts } = readTransport(fieldOf(response, 'transport') ?? '')
    if (serverPorts) this.#report(ports, serverPorts, feed)
    return id
  }

  #newFeed(video: RtpVideo, order: 'kept' | 'any'): VideoFeed {
    const { inputs, listener } = this.#parts
    const feed = new VideoFeed(video, { inputs, listener, order, failed: (failure) => this.#failed.reject(failure) })
    this.#ended.defer(() => feed.stop())
    return feed
  }

  async #openPorts(feed: VideoFeed): Promise<UdpPorts> {
    const address = this.#connection?.address
    if (address === undefined) throw new CameraFailure('unreachable', 'The camera has closed the connection.')
    const guarded = (take: () => void) => {
      try {
        take()
      } catch (error) {
        this.#failed.reject(readFailure(error))
      }
    }
    const ports = await UdpPorts.open(address, {
      rtp: (bytes) => guarded(() => feed.rtp(bytes)),
      rtcp: (bytes) => guarded(() => feed.rtcp(bytes)),
    })
    this.#ended.defer(() => ports.close())
    return ports
  }

  /** Tells the camera now and then what has come, which also keeps the way open. */
  #report(ports: UdpPorts, cameraPorts: readonly [number, number], feed: VideoFeed): void {
    const self = randomInt(2 ** 32)
    const report = () => ports.reach(cameraPorts, feed.receiverReport(self))
    report()
    this.#ended.defer(every(this.#parts.inputs.clock, REPORT_MS, report))
  }

  #packet(channel: number, bytes: Uint8Array): void {
    const [rtp, rtcp] = this.#channels ?? [0, 1]
    if (channel === rtp) this.#feed?.rtp(bytes)
    else if (channel === rtcp) this.#feed?.rtcp(bytes)
  }

  /** Asks something now and then, so that the camera does not end the session. */
  #keepAlive(client: RtspClient, uri: string, { id, timeout }: RtspSessionId): void {
    // Which requests it knows, the first answer tells.
    let method = 'OPTIONS'
    const ask = async () => {
      const response = await client.answer(method, uri, { Session: id })
      if (response.status === 454) throw refusalFailure(method, response)
      const known = (fieldOf(response, 'public') ?? '').toUpperCase()
      if (known.includes('GET_PARAMETER')) method = 'GET_PARAMETER'
    }
    const period = Math.max(SHORTEST_PERIOD_MS, Math.min((timeout * 1000) / 2, LONGEST_PERIOD_MS))
    let isAsking = false
    const cancel = every(this.#parts.inputs.clock, period, () => {
      if (isAsking) return
      isAsking = true
      ask()
        .catch((error) => this.#failed.reject(error))
        .finally(() => {
          isAsking = false
        })
    })
    this.#ended.defer(cancel)
  }

  /** Cameras keep sessions that are not ended for a minute, and serve only a few. */
  async #end(): Promise<void> {
    this.#ended.dispose()
    this.#feed = undefined
    const connection = this.#connection
    if (this.#session && this.#client && connection?.isOpen) {
      const { uri, id } = this.#session
      const limits = { timeout: TEARDOWN_MS, signal: new AbortController().signal }
      await this.#client.send('TEARDOWN', uri, { Session: id.id }, limits).catch(() => {})
    }
    connection?.close(new CameraFailure('unreachable', 'The session has ended.'))
  }
}

function readDescription(response: RtspResponse): SessionDescription {
  const description = readSdp(new TextDecoder().decode(response.body))
  if (!description)
    throw new CameraFailure(
      'protocol',
      'The camera does not describe its video (no SDP): check the path of the address.',
    )
  return description
}

function notOverTcp(): CameraFailure {
  return new CameraFailure('protocol', 'The camera does not send over TCP: set the transport of this camera to UDP.')
}

const REPORT_MS = 5_000
const SHORTEST_PERIOD_MS = 1_000
const LONGEST_PERIOD_MS = 30_000
const TEARDOWN_MS = 800
