import type { Clock } from '../../core/clock.ts'
import type { Size } from '../../core/payload.ts'
import type { VideoPacket, VideoTrack } from '../../core/video.ts'
import { PacketRing, type RingLimits } from './packet-ring.ts'

/** Pictures that are wanted of a video. */
export interface PictureWish {
  /** In pixels; undefined: as it is. */
  readonly width: number | undefined
  /** Pictures a second; undefined: all. */
  readonly rate: number | undefined
}

/** A JPEG that was decoded. */
export interface DecodedPicture {
  readonly bytes: Uint8Array
  /** Of its packet. */
  readonly pts: number
  /** Of the JPEG. */
  readonly size: Size
}

/** Decodes packets to pictures, in a process of its own. */
export interface PictureDecoder {
  /** Takes the next packet. @returns false if it was dropped, as all are up to the next key frame, since it cannot follow */
  feed(packet: VideoPacket): boolean
  /** Resolves once it is closed and gone; rejects with a `CameraFailure` when it fails. */
  readonly ended: Promise<void>
  /** Ends it; resolves when it is gone. */
  close(): Promise<void>
}

/** What a decoder is started with. */
export interface DecoderOptions extends PictureWish {
  readonly track: VideoTrack
  /** What to begin with, from a key frame on. */
  readonly from: readonly VideoPacket[]
  /** Pictures of these are decoded only, not given, up to this time (as `pts`). */
  readonly since: number
  readonly onPicture: (picture: DecodedPicture) => void
}

/** Starts a decoder. */
export type OpenDecoder = (options: DecoderOptions) => PictureDecoder

/** When a picture came, and was captured. */
export type PictureTimes = Pick<VideoPacket, 'pts' | 'arrivedAt' | 'capturedAt'>

/** What decoding a camera needs. */
export interface DecodingParts {
  readonly clock: Clock
  readonly open: OpenDecoder
  readonly limits: RingLimits
  /** @param times of its packet */
  readonly onPicture: (picture: DecodedPicture, times: PictureTimes, track: VideoTrack) => void
  /** The video cannot be decoded. @param error a `CameraFailure`, mostly */
  readonly failed: (error: unknown) => void
}

/**
 * Decodes the video of a camera while pictures of it are wanted, in the size and as often as they are: nothing is decoded
 * else. When more is wanted a new decoder takes over from the old one with its first picture, so that nobody sees a gap;
 * when less is wanted, after a while.
 */
export class CameraDecoding {
  readonly #parts: DecodingParts
  readonly #ring: PacketRing
  /** Of the newest packets, the newest last. */
  readonly #times: PictureTimes[] = []
  #track: VideoTrack | undefined
  #wish: PictureWish | undefined
  #current: Running | undefined
  /** Takes over from the current one with its first picture. */
  #next: Running | undefined
  #cancelShrink: (() => void) | undefined
  /** When decoders were opened of late, monotonic ms, and what cancels a later look at what could not be opened at once. */
  readonly #openings: number[] = []
  #cancelOpening: (() => void) | undefined
  /** When decoders that had worked failed of late, monotonic ms. */
  readonly #failures: number[] = []
  #isClosed = false
  readonly #ending = new Set<Promise<void>>()

  constructor(parts: DecodingParts) {
    this.#parts = parts
    this.#ring = new PacketRing(parts.limits)
  }

  get isDecoding(): boolean {
    return this.#current !== undefined || this.#next !== undefined
  }

  /** A video of this kind begins. */
  track(track: VideoTrack): void {
    this.#track = track
    this.#ring.clear()
    this.#times.length = 0
    this.#end()
  }

  packet(packet: VideoPacket): void {
    this.#ring.add(packet)
    const { pts, arrivedAt, capturedAt } = packet
    this.#times.push({ pts, arrivedAt, capturedAt })
    if (this.#times.length > KEPT_TIMES) this.#times.shift()
    for (const running of [this.#current, this.#next]) if (running) this.#feed(running, packet)
    if (packet.isKey) this.#reconsider()
  }

  /** What is wanted from now on; undefined: nothing. */
  want(wish: PictureWish | undefined): void {
    this.#wish = wish
    if (wish) this.#reconsider()
    else this.#end()
  }

  /** Ends all decoders; resolves when they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#end()
    await Promise.all(this.#ending)
  }

  /** Lets a decoder that falls behind catch up: a late picture is a wrong one, and it would get later and later. */
  #feed(running: Running, packet: VideoPacket): void {
    const late = lateness(running, packet.arrivedAt)
    if (late > MOST_LATE_MS) running.isSkipping = true
    else if (packet.isKey && late === 0) running.isSkipping = false
    if (running.isSkipping || !running.decoder.feed(packet)) return
    const { pts, arrivedAt } = packet
    running.owed.push({ pts, arrivedAt })
    if (running.owed.length > KEPT_TIMES) running.owed.shift()
  }

  #reconsider(): void {
    if (!this.#wish || !this.#track || this.#isClosed) return
    const wish = within(this.#wish, this.#track)
    const running = this.#next ?? this.#current
    if (!running || isMore(wish, running.wish)) this.#open(wish)
    else if (isMore(running.wish, wish)) this.#cancelShrink ??= this.#parts.clock.after(SHRINK_MS, () => this.#shrink())
    else this.#keep()
  }

  /** What runs is what is wanted. */
  #keep(): void {
    this.#cancelShrink?.()
    this.#cancelShrink = undefined
  }

  #shrink(): void {
    this.#cancelShrink = undefined
    if (!this.#wish || !this.#track) return
    this.#open(within(this.#wish, this.#track))
  }

  #open(wish: PictureWish): void {
    this.#keep()
    const { packets } = this.#ring
    const newest = packets.at(-1)
    // Without a key frame there is nothing to begin with: it is opened with the next one.
    if (!newest || !this.#track || !this.#mayOpen()) return
    if (this.#next) this.#close(this.#next)
    const track = this.#track
    const since = packets.reduce((latest, { pts }) => Math.max(latest, pts), newest.pts)
    const running: Running = {
      wish,
      owed: [],
      shown: undefined,
      isSkipping: false,
      isClosed: false,
      decoder: NO_DECODER,
    }
    running.decoder = this.#parts.open({
      ...wish,
      track,
      from: packets,
      since,
      onPicture: (picture) => this.#took(running, picture, track),
    })
    this.#next = running
    void running.decoder.ended.then(
      () => this.#ended(running, undefined),
      (error) => this.#ended(running, error),
    )
  }

  /**
   * Each is a process: those who want more and more, a bit each time, and cameras that change their video all the time, must
   * not start them without end. What is wanted is looked at again once one may be opened.
   */
  #mayOpen(): boolean {
    const { clock } = this.#parts
    const now = clock.monotonic()
    while (now - (this.#openings[0] ?? now) >= OPENINGS_MS) this.#openings.shift()
    const [first] = this.#openings
    if (first === undefined || this.#openings.length < MOST_OPENINGS) {
      this.#openings.push(now)
      return true
    }
    this.#cancelOpening ??= clock.after(first + OPENINGS_MS - now, () => {
      this.#cancelOpening = undefined
      this.#reconsider()
    })
    return false
  }

  #took(running: Running, picture: DecodedPicture, track: VideoTrack): void {
    if (running.isClosed) return
    const times = this.#timesOf(picture.pts)
    const shown = times.pts
    running.shown = shown
    running.owed = running.owed.filter(({ pts }) => pts > shown)
    if (running === this.#next) {
      if (this.#current) this.#close(this.#current)
      this.#current = running
      this.#next = undefined
    }
    if (running === this.#current) this.#parts.onPicture(picture, times, track)
  }

  /** Decoders may round times: those of the nearest packet. */
  #timesOf(pts: number): PictureTimes {
    let nearest: PictureTimes | undefined
    for (const times of this.#times)
      if (!nearest || Math.abs(times.pts - pts) <= Math.abs(nearest.pts - pts)) nearest = times
    return nearest ?? { pts, arrivedAt: this.#parts.clock.now() }
  }

  /** One that has worked is replaced at once, unless that happens again and again; without a picture it is no use to try again. */
  #ended(running: Running, error: unknown): void {
    if (running.isClosed) return
    running.isClosed = true
    if (this.#current === running) this.#current = undefined
    if (this.#next === running) this.#next = undefined
    const now = this.#parts.clock.monotonic()
    this.#failures.push(now)
    while (now - (this.#failures[0] ?? now) > FAILURES_MS) this.#failures.shift()
    if (running.shown !== undefined && this.#failures.length < MOST_FAILURES) this.#reconsider()
    else this.#parts.failed(error ?? new Error('the decoder ended by itself'))
  }

  #end(): void {
    this.#keep()
    this.#cancelOpening?.()
    this.#cancelOpening = undefined
    for (const running of [this.#current, this.#next]) if (running) this.#close(running)
    this.#current = undefined
    this.#next = undefined
  }

  #close(running: Running): void {
    running.isClosed = true
    const gone = running.decoder.close().catch(() => {})
    this.#ending.add(gone)
    void gone.then(() => this.#ending.delete(gone))
  }
}

interface Running {
  readonly wish: PictureWish
  decoder: PictureDecoder
  /** When the packets came that it was given and that are later than its last picture. */
  owed: Pick<PictureTimes, 'pts' | 'arrivedAt'>[]
  /** The time of its last picture (`pts`); undefined before the first one. */
  shown: number | undefined
  /** Whether it gets nothing until a key frame, as it was too late. */
  isSkipping: boolean
  isClosed: boolean
}

/**
 * For how long a decoder has owed a picture, ms: since the first packet came that is a slot of its rate behind its last picture.
 * It owes nothing of what has not come, or was left out, or before its first picture.
 */
function lateness({ wish, shown, owed }: Running, now: number): number {
  if (shown === undefined) return 0
  const after = shown + 1e6 / (wish.rate ?? Number.POSITIVE_INFINITY)
  const first = owed.find(({ pts }) => pts > after)
  return first ? now - first.arrivedAt : 0
}

const NO_DECODER: PictureDecoder = { feed: () => false, ended: Promise.resolve(), close: () => Promise.resolve() }

/** How late pictures may be before some are left out, ms. */
const MOST_LATE_MS = 1000
/** More than any decoder holds back. */
const KEPT_TIMES = 256

/** So many decoders are opened within that time, ms: more than people want who go from page to page. */
const MOST_OPENINGS = 10
const OPENINGS_MS = 10_000

/** So many failures within that time, ms, are one of the video or the program, not of chance. */
const MOST_FAILURES = 3
const FAILURES_MS = 30_000

/** How long less must be wanted before less is decoded: starting a decoder costs as much as it saves in a second, ms. */
const SHRINK_MS = 5000

/** Pictures are never enlarged: what is wanted larger is wanted as it is. */
function within({ width, rate }: PictureWish, { size }: VideoTrack): PictureWish {
  return { width: width !== undefined && size && width >= size.width ? undefined : width, rate }
}

/** Whether one wish asks for more than another in anything. */
function isMore(one: PictureWish, other: PictureWish): boolean {
  return isAbove(one.width, other.width) || isAbove(one.rate, other.rate)
}

/** Undefined is no limit. */
function isAbove(one: number | undefined, other: number | undefined): boolean {
  return other !== undefined && (one === undefined || one > other)
}
