import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'
import { CameraFailure } from '../camera-input.ts'

/** Takes what comes from the camera. */
export interface UdpListener {
  rtp(bytes: Uint8Array): void
  rtcp(bytes: Uint8Array): void
}

/** Two UDP ports, for RTP and RTCP, that take packets from one address only. */
export class UdpPorts {
  readonly #rtp: Socket
  readonly #rtcp: Socket
  readonly #address: string

  /**
   * @param address of the camera
   * @throws CameraFailure `unreachable` when there are no two ports
   */
  static async open(address: string, listener: UdpListener): Promise<UdpPorts> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const ports = new UdpPorts(address, listener)
      if (await ports.#bind()) return ports
      ports.close()
    }
    throw new CameraFailure('unreachable', 'This machine has no two free UDP ports for the video: use TCP.')
  }

  private constructor(address: string, listener: UdpListener) {
    this.#address = address
    const type = isIPv6(address) ? 'udp6' : 'udp4'
    this.#rtp = createSocket({ type, recvBufferSize: RECEIVE_BYTES })
    this.#rtcp = createSocket(type)
    this.#rtp.on('message', (bytes, { address: from }) => {
      if (from === address) listener.rtp(bytes)
    })
    this.#rtcp.on('message', (bytes, { address: from }) => {
      if (from === address) listener.rtcp(bytes)
    })
    // A port of the camera that is closed says so; what is missing is noticed by its silence.
    for (const socket of [this.#rtp, this.#rtcp]) socket.on('error', () => {})
  }

  /** That of RTP is even, that of RTCP the next one, as some cameras take it to be. */
  get numbers(): readonly [rtp: number, rtcp: number] {
    return [this.#rtp.address().port, this.#rtcp.address().port]
  }

  /**
   * Sends to both ports of the camera, so that firewalls in between let its packets through.
   * @param report a packet of RTCP
   */
  reach([rtp, rtcp]: readonly [rtp: number, rtcp: number], report: Uint8Array): void {
    this.#rtp.send(NO_PAYLOAD, rtp, this.#address, () => {})
    this.#rtcp.send(report, rtcp, this.#address, () => {})
  }

  close(): void {
    this.#rtp.close()
    this.#rtcp.close()
  }

  async #bind(): Promise<boolean> {
    try {
      this.#rtp.bind(0)
      await once(this.#rtp, 'listening')
      const { port } = this.#rtp.address()
      if (port % 2 === 1) return false
      this.#rtcp.bind(port + 1)
      await once(this.#rtcp, 'listening')
      return true
    } catch {
      return false
    }
  }
}

const MOST_TRIES = 30
/** A key frame comes at once. */
const RECEIVE_BYTES = 1_048_576
/** A packet of RTP of a type that is not used, without content. */
const NO_PAYLOAD = new Uint8Array([0x80, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
