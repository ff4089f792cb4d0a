import type { Connection } from '../../core/connection.ts'
import type { Deadline, Deadlines } from '../../core/deadline.ts'
import type { PictureWish } from '../../core/demand.ts'
import { type Accepts, type Frame, isImageFrame } from '../../core/frame.ts'
import type { EncodedImage, Size } from '../../core/payload.ts'
import type { Principal } from '../../core/principal.ts'
import type { QuotaClient } from '../../core/quota-client.ts'
import type { StreamState } from '../../core/stream.ts'
import type { StreamName } from '../../core/stream-name.ts'
import type { Viewer } from '../../core/viewer.ts'
import { OPENING } from '../../wire/multipart-jpeg.ts'
import type { WireMessage } from '../../wire/ws-frame.ts'
import {
  FrameSender,
  type MessageSource,
  type OutgoingMessage,
  type PlainMessage,
  type SinkParts,
} from '../frame-sender.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { encodeMjpegFrame } from './jpeg-message.ts'
import type { SlateLanguage } from './slate-texts.ts'
import { type LastPicture, lastPictureOf, type Slates } from './slates.ts'

/** What a video is made of; times in ms. */
export interface VideoParts extends SinkParts {
  /** Of all videos. */
  readonly deadlines: Deadlines
  readonly slates: Slates
  /** How often a slate is sent while there are no pictures. */
  readonly slateInterval: number
  /** How long a reader may take nothing of what was sent to it. */
  readonly unreadAfter: number
}

/** Who watches what. */
export interface VideoRequest {
  readonly principal: Principal
  /** How it is known to `Videos.isOpen`. */
  readonly id?: string | undefined
  /** Who takes a place for it. */
  readonly owner: QuotaClient
  readonly stream: StreamName
  /** The state of the stream. */
  readonly state: StreamState
  readonly wish: PictureWish
  /** Frames a second; undefined: all. */
  readonly maxFps: number | undefined
  readonly language: SlateLanguage
  /** The size of a slate before there is a picture. */
  readonly plainSize: Size
}

/**
 * One MJPEG response: the newest pictures of a stream, as fast as its reader takes them, and slates while there are none.
 * Browsers show a picture only when the next part begins, so a picture that nothing follows is sent again.
 */
export class Video implements MessageSource<WireMessage | PlainMessage> {
  readonly #parts: VideoParts
  readonly #request: VideoRequest
  readonly #sender: FrameSender<EncodedImage>
  readonly #viewer: Viewer<EncodedImage>
  readonly #acknowledgements: Acknowledgements
  #state: StreamState | 'removed'
  /** The newest picture that there was for its reader. */
  #last: LastPicture | undefined
  /** That picture, if it was old already when it came: a slate is shown in its place. */
  #outdated: WireMessage | undefined
  /** A slate, or the last message once more. */
  #extra: WireMessage | undefined
  #isRepeat = false
  /** What was sent last, to be sent again if nothing follows it. */
  #repeatable: WireMessage | undefined
  readonly #repeat: Deadline
  readonly #slate: Deadline

  /**
   * @param closed called once the connection is closed
   * @throws Refusal `forbidden`; nothing was written then
   */
  constructor(parts: VideoParts, request: VideoRequest, connection: Connection, closed: () => void) {
    this.#parts = parts
    this.#request = request
    this.#state = request.state
    this.#repeat = parts.deadlines.create(() => this.#repeatable && this.#offer(this.#repeatable, true))
    this.#slate = parts.deadlines.create(() => void this.#showSlate())
    this.#sender = new FrameSender(parts, connection, request.principal, {
      dialect: 'mjpeg',
      accepts: JPEGS,
      confirmation: 'acknowledgement',
      messages: () => this,
      tellChanges: (viewer) => this.#heed(viewer),
      held: () => this.#acknowledgements.ask(),
    })
    this.#acknowledgements = new Acknowledgements(parts, connection, this.#sender)
    this.#viewer = this.#sender.viewer
    // What comes first is the boundary, not a picture that is there already.
    this.#sender.during(() => this.#begin(connection, closed))
  }

  #begin(connection: Connection, closed: () => void): void {
    const { stream, wish, maxFps } = this.#request
    try {
      this.#viewer.watch(0, { ...stream, ...wish, onlyJpeg: true, maxFps })
    } catch (error) {
      this.#viewer.close()
      throw error
    }
    connection.listen({
      drained: () => {
        this.#acknowledgements.distrust()
        this.#sender.pump()
      },
      closed: () => {
        this.#viewer.close()
        this.#repeat.clear()
        this.#slate.clear()
        closed()
      },
    })
    connection.write(OPENING)
    this.#slate.set(GRACE_MS)
  }

  /** For the sender. */
  isWaiting(): boolean {
    return this.#viewer.isWaiting || this.#extra !== undefined
  }

  /** For the sender. */
  next(now: number): OutgoingMessage<WireMessage | PlainMessage> | number | undefined {
    const due = this.#viewer.next(now)
    if (typeof due === 'object') {
      const { frame, counter } = due
      const message = frame.encoded(encodeMjpegFrame)
      this.#last = frame.encoded(lastPictureOf)
      if (this.#state !== 'live') {
        this.#outdated = message
        this.#slate.set(0)
        return undefined
      }
      this.#outdated = undefined
      counter.frames++
      counter.bytes += message.bytes
      this.#slate.set(this.#patience)
      return this.#sent(message, frame.receivedAt)
    }
    const extra = this.#extra
    if (!extra) return due
    return this.#sent(extra, now, this.#isRepeat)
  }

  #sent(message: WireMessage, receivedAt: number, isRepeat = false): OutgoingMessage<WireMessage | PlainMessage> {
    this.#extra = undefined
    this.#repeatable = message
    if (isRepeat) this.#repeat.clear()
    else this.#repeat.set(REPEAT_MS)
    return { message: this.#acknowledgements.sent(message), receivedAt }
  }

  #offer(message: WireMessage, isRepeat: boolean): void {
    this.#extra = message
    this.#isRepeat = isRepeat
    this.#sender.pump()
  }

  /** Notes how the stream is. */
  #heed(viewer: Viewer<EncodedImage>): void {
    const before = this.#state
    for (let change = viewer.takeChange(); change; change = viewer.takeChange())
      this.#state = change.kind === 'left' ? 'removed' : change.stream.state
    if (before === 'live' && this.#state !== 'live') this.#slate.set(this.#last ? 0 : GRACE_MS)
  }

  async #showSlate(): Promise<void> {
    if (this.#viewer.isClosed) return
    const { slates, slateInterval } = this.#parts
    const last = this.#last
    if (this.#state === 'live' && last && this.#isNewest(last)) {
      this.#slate.set(this.#patience)
      return
    }
    this.#slate.set(slateInterval)
    const slate = await slates.get({ ...this.#request, last })
    // A picture may have come meanwhile.
    if (this.#viewer.isClosed || this.#last !== last) return
    const message = slate ?? this.#outdated
    this.#outdated = undefined
    if (message) this.#offer(message, false)
  }

  /** Whether the stream has no newer picture than that, or has one that waits until its reader may have it. */
  #isNewest({ id }: LastPicture): boolean {
    return this.#viewer.isWaiting || this.#viewer.streams.every(({ newest }) => newest?.id === id)
  }

  /** How long a live stream may go on without a picture of it, which may be one that cannot be made, ms. */
  get #patience(): number {
    const { maxFps } = this.#request
    return maxFps === undefined ? PATIENCE_MS : Math.max(PATIENCE_MS, 2000 / maxFps)
  }
}

/** Accepts JPEGs. */
const JPEGS: Accepts<EncodedImage> = {
  kinds: ['image'],
  includes: (frame: Frame): frame is Frame<EncodedImage> =>
    isImageFrame(frame) && frame.payload.mediaType === 'image/jpeg',
}

/** How long nothing must follow a picture before it is sent again, ms. */
const REPEAT_MS = 150
/** How long a live stream may be without a picture that could be shown, at least, ms. */
const PATIENCE_MS = 5000
/** How long the first picture may take before a slate is shown, ms: streams on demand have to start. */
const GRACE_MS = 2000
