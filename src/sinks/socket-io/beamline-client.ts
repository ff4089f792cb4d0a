import { type Clock, every } from '../../core/clock.ts'
import type { EndCause } from '../../core/connection.ts'
import type { DefaultPicture } from '../../core/default-picture.ts'
import { Refusal } from '../../core/errors.ts'
import { ANYTHING, type Frame } from '../../core/frame.ts'
import type { Hub } from '../../core/hub.ts'
import type { KnownInstruments } from '../../core/known-instruments.ts'
import type { Principal } from '../../core/principal.ts'
import type { StreamName } from '../../core/stream-name.ts'
import type { Viewer } from '../../core/viewer.ts'
import { beamlineMessage } from '../../wire/beamline-message.ts'
import { encodeEvent, SharedPacket } from '../../wire/socket-io-packet.ts'
import type { ToldFrames, ToldPage } from '../told-frames.ts'
import type { SocketIoConnection } from './connection.ts'
import type { NamespaceClient } from './namespace-client.ts'

/** What the old beamline page's clients need. */
export interface BeamlineParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly instruments: KnownInstruments
  readonly picture: DefaultPicture
  readonly told: ToldFrames
  /** How many images a second a client is told of, at most. */
  readonly maxFps: number
}

/** The library's socket of a page. */
export interface PageSocket {
  readonly connected: boolean
  on(event: 'error', listener: () => void): unknown
  disconnect(): unknown
}

/** Where the old beamline page connects to. */
export const BEAMLINE_NAMESPACE = '/test'

/**
 * The old beamline page: it is told of each image of the default picture from then on, with some of its measurements, as
 * often as it takes them. The image itself it fetches by HTTP.
 */
export class BeamlineClient implements NamespaceClient {
  readonly #parts: BeamlineParts
  readonly #connection: SocketIoConnection
  readonly #socket: PageSocket
  readonly #principal: Principal
  readonly #viewer: Viewer
  readonly #page: ToldPage
  readonly #stopLooking: () => void
  #picture: StreamName | undefined
  /** While a frame waits that is not due yet. */
  #cancelDue: (() => void) | undefined

  /** @throws Refusal `forbidden` if the principal may not view the picture */
  constructor(parts: BeamlineParts, connection: SocketIoConnection, socket: PageSocket, principal: Principal) {
    this.#parts = parts
    this.#connection = connection
    this.#socket = socket
    this.#principal = principal
    this.#viewer = parts.hub.watch(principal, {
      client: connection.client,
      dialect: 'beamline',
      accepts: ANYTHING,
      wake: () => this.drained(),
    })
    this.#page = parts.told.open({ principal, address: connection.address })
    this.#stopLooking = every(parts.clock, LOOK_EVERY_MS, () => this.#follow())
    // A packet that the library cannot read; without a listener it would throw. The page itself says nothing.
    socket.on('error', () => {})
    try {
      this.#watch()
    } catch (error) {
      this.close()
      throw error
    }
  }

  drained(): void {
    if (!this.#connection.isDrained || !this.#socket.connected) return
    const { clock } = this.#parts
    const now = clock.now()
    const due = this.#viewer.next(now)
    this.#cancelDue?.()
    this.#cancelDue = undefined
    if (typeof due === 'number') this.#cancelDue = clock.after(due - now, () => this.drained())
    if (typeof due !== 'object') return
    const packet = this.#packetOf(due.frame).in(BEAMLINE_NAMESPACE)
    due.counter.frames++
    due.counter.bytes += packet.text.length
    this.#page.tell(due.frame)
    this.#connection.write(packet)
  }

  error(message: string): void {
    if (this.#socket.connected) this.#connection.send(encodeEvent(['error', { message }], BEAMLINE_NAMESPACE))
  }

  ending(cause: EndCause, reason: string): void {
    this.error(reason)
    // The client's library comes again by itself, unless it is told that this was meant.
    if (cause === 'revoked') this.#socket.disconnect()
  }

  close(): void {
    this.#stopLooking()
    this.#cancelDue?.()
    this.#viewer.close()
    this.#page.close()
  }

  /** Follows another picture where the default one has changed, as it does with the first pulse of an instrument. */
  #follow(): void {
    try {
      this.#watch()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#stopLooking()
      this.#connection.refused(error)
      this.error(error.message)
    }
  }

  /** @throws Refusal `forbidden` */
  #watch(): void {
    const { picture, maxFps } = this.#parts
    const found = picture.of(this.#principal)
    if (!found || (found.label === this.#picture?.label && found.key === this.#picture.key)) return
    this.#picture = found
    this.#viewer.watch(0, { ...found, maxFps })
  }

  /** The same message for all who are told of the frame. */
  #packetOf(frame: Frame): SharedPacket {
    const known = PACKETS.get(frame)
    if (known) return known
    // What no instrument sends is counted from its first frame on; nobody counts its bytes.
    const status = this.#principal.isPicturesOnly ? undefined : this.#parts.instruments.statusOf(frame.stream)
    const counts = status ?? { messages: frame.sequence, bytes: 0 }
    const packet = new SharedPacket(['newmessage', beamlineMessage(frame.metadata, counts)])
    PACKETS.set(frame, packet)
    return packet
  }
}

const PACKETS = new WeakMap<Frame, SharedPacket>()

/** How often it is looked whether the default picture is another one. */
const LOOK_EVERY_MS = 1000
