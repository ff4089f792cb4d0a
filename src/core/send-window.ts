import { clamp } from './numbers.ts'

/**
 * Flow control of one connection: limits what is in flight, that is, sent but not yet confirmed by the peer.
 *
 * That the kernel took the bytes says little: its buffers hold megabytes, and behind a slow link the pictures in them
 * become seconds old (bufferbloat). So a frame counts as in flight until the peer confirms that it has read it: with
 * the pong to a numbered ping sent right behind it, with a credit message, or by TCP's acknowledgements.
 * - While the link keeps up, probes are sparse (see `ProbePace`): a ping with every frame would double the cost.
 * - Once frames had to wait, every frame is probed and the window follows FAST TCP (Jin, Wei, Low, INFOCOM 2004):
 *   `window ← window · base / rtt + one frame`, where `base` is the round-trip time of an empty link. So a slow link
 *   holds two frames, one in transit and one queued behind it; a long link as many as it takes to fill it.
 * - A peer that never answered a probe, or cannot, is held back only by backpressure: what the kernel does not take.
 */
export class SendWindow {
  readonly #pace: ProbePace
  readonly #confirmation: Confirmation
  // All fields are integers and start as such: V8 stores those inside the object. With hundreds of viewers the cost is
  // dominated by the memory touched for each.
  readonly #probes: Probe[] = []
  #inFlight = 0
  #inFlightBytes = 0
  #sinceProbe = 0
  #bytesSinceProbe = 0
  #lastProbeAt = FAR_PAST
  #firstProbeAt = FAR_PAST
  #answered = false
  #lastHeldAt = FAR_PAST
  #heldSinceResize = false
  #resizedAt = FAR_PAST
  #frameBytes = 0
  #window = 0
  #roundTrip = 0
  #base = UNKNOWN
  #baseAt = FAR_PAST
  #recentBase = UNKNOWN
  #emptying = false

  constructor(pace: ProbePace, confirmation: Confirmation) {
    this.#pace = pace
    this.#confirmation = confirmation
  }

  /** Frames sent and not confirmed; 0 if the peer never confirms. */
  get inFlight(): number {
    return this.#inFlight
  }

  /**
   * Whether a frame may be sent at `now`. All times are monotonic ms.
   * @returns true, or how many ms to wait before asking again even without a confirmation (Infinity: wait for one)
   */
  open(now: number): true | number {
    if (this.#confirmation === 'none') return true
    if (!this.#answered) return this.#openUnanswered(now)
    // Closed only while a probe is pending, or nothing would ever open it again.
    if (this.#probes.length === 0) return true
    if (this.#emptying) return Number.POSITIVE_INFINITY
    if (this.#inFlight < MIN_FRAMES) return true
    const room = this.#inFlightBytes + this.#frameBytes <= this.#window
    if (this.#isDense(now)) return room || Number.POSITIVE_INFINITY
    const oldest = this.#probes[0]
    if (oldest && now - oldest.sentAt > this.#patience()) return Number.POSITIVE_INFINITY
    return room || this.#inFlight < 2 * this.#pace.spacing - 1 || Number.POSITIVE_INFINITY
  }

  /** A frame that is due had to wait because `open` said no: from now on the link is probed densely. */
  held(now: number): void {
    this.#lastHeldAt = now
    this.#heldSinceResize = true
  }

  /**
   * Records that a frame is being sent.
   * @param serial number of the probe that may be sent with it
   * @param receivedAt when the frame was received (ms since 1970), returned when it is confirmed
   * @returns whether the probe must be sent with it
   */
  sent(serial: number, bytes: number, receivedAt: number, now: number): boolean {
    if (this.#confirmation === 'none') return false
    const alone = this.#probes.length === 0 && (this.#emptying || this.#inFlight === 0)
    this.#inFlight++
    this.#inFlightBytes += bytes
    this.#sinceProbe++
    this.#bytesSinceProbe += bytes
    this.#frameBytes = this.#frameBytes === 0 ? bytes : this.#frameBytes + ((bytes - this.#frameBytes) >> 3)
    this.#pace.count(now)
    if (!this.#isProbeDue(now)) return false
    this.#probes.push({
      serial,
      sentAt: now,
      receivedAt,
      alone,
      full: this.#inFlightBytes + Math.max(this.#frameBytes, this.#window / SPREAD) > this.#window,
      frames: this.#sinceProbe,
      bytes: this.#bytesSinceProbe,
    })
    if (this.#firstProbeAt === FAR_PAST) this.#firstProbeAt = now
    this.#lastProbeAt = now
    this.#sinceProbe = 0
    this.#bytesSinceProbe = 0
    return true
  }

  /**
   * The peer confirmed that it has read everything up to the probe `serial`.
   * @returns when the confirmed frame was received (ms since 1970), and the round-trip time in ms; undefined if no such
   *   probe is pending, which has no effect
   */
  confirmed(serial: number, now: number): { receivedAt: number; roundTrip: number } | undefined {
    const at = this.#probes.findIndex((probe) => probe.serial === serial)
    const probe = this.#probes[at]
    if (!probe) return undefined
    for (const { frames, bytes } of this.#probes.splice(0, at + 1)) {
      this.#inFlight -= frames
      this.#inFlightBytes -= bytes
    }
    this.#answered = true
    const roundTrip = now - probe.sentAt
    this.#roundTrip =
      this.#roundTrip === 0 ? roundTrip : Math.round(this.#roundTrip + (roundTrip - this.#roundTrip) / 8)
    this.#measureBase(probe, roundTrip, now)
    if (probe.sentAt >= this.#resizedAt) this.#resize(probe, roundTrip, now)
    return { receivedAt: probe.receivedAt, roundTrip }
  }

  #openUnanswered(now: number): true | number {
    if (this.#inFlight < MIN_FRAMES) return true
    if (this.#isEachConfirmed) return Number.POSITIVE_INFINITY
    const wait = this.#firstProbeAt + FIRST_ANSWER_MS - now
    return wait <= 0 || wait
  }

  get #isEachConfirmed(): boolean {
    return this.#confirmation === 'credit' || this.#confirmation === 'acknowledgement'
  }

  #isDense(now: number): boolean {
    return this.#isEachConfirmed || now - this.#lastHeldAt < DENSE_MS
  }

  #isProbeDue(now: number): boolean {
    if (this.#isEachConfirmed) return true
    if (this.#probes.length >= MAX_PINGS) return false
    if (this.#emptying) return true
    if (!this.#answered)
      return (
        this.#firstProbeAt === FAR_PAST || now - this.#firstProbeAt < FIRST_ANSWER_MS || this.#sinceProbe >= MAX_SPACING
      )
    // In a large window probes are spread out, so that it opens steadily and not in bursts.
    if (this.#isDense(now)) return this.#bytesSinceProbe * SPREAD >= this.#window
    return this.#sinceProbe >= this.#pace.spacing || now - this.#lastProbeAt >= PROBE_MS
  }

  /** How long a probe may stay unanswered without being a sign of congestion, in ms. */
  #patience(): number {
    return Math.max(PATIENCE_MS, 2 * this.#roundTrip)
  }

  /**
   * Keeps `base`, the round-trip time of an empty link. Routes change, so it is measured anew every BASE_MS; if frames
   * are always queued, the link is allowed to run empty once, or the base would creep up with the queue.
   */
  #measureBase(probe: Probe, roundTrip: number, now: number): void {
    if (roundTrip <= this.#base || (this.#emptying && probe.alone)) {
      this.#base = roundTrip
      this.#baseAt = now
      this.#recentBase = UNKNOWN
      if (probe.alone) this.#emptying = false
      return
    }
    this.#recentBase = Math.min(this.#recentBase, roundTrip)
    if (this.#emptying || now - this.#baseAt < BASE_MS) return
    if (now - this.#lastHeldAt < DENSE_MS) {
      this.#emptying = true
      return
    }
    this.#base = this.#recentBase
    this.#baseAt = now
    this.#recentBase = UNKNOWN
  }

  /** Once per round trip. The window may grow only if it was full and the round-trip time did not rise. */
  #resize(probe: Probe, roundTrip: number, now: number): void {
    const quiet = Math.max(this.#base * JITTER, UNNOTICED_MS)
    const target = this.#window * (roundTrip <= quiet ? GROWTH : quiet / roundTrip) + this.#frameBytes
    const floor = MIN_FRAMES * this.#frameBytes
    const isLimiting = this.#heldSinceResize && probe.full
    const most = isLimiting ? 2 * this.#window : this.#window
    this.#window = Math.round(clamp(Math.min(target, most), floor, MAX_WINDOW_BYTES))
    this.#heldSinceResize = false
    this.#resizedAt = now
  }
}

/**
 * How a peer confirms that it has read a frame. `pong`: by answering a ping sent behind it. `credit`: by a message for
 * each frame, so every frame is a probe and a silent peer is always held back. `acknowledgement`: it cannot, but its
 * machine does, and ours can be asked; every frame is a probe here too. `none`: nothing is held back here.
 */
export type Confirmation = 'pong' | 'credit' | 'acknowledgement' | 'none'

/**
 * How often the connections of a server send probes while their links keep up. Each answer wakes the server and costs
 * it some microseconds, about as much as sending a frame, so many connections probe less often than a few.
 */
export class ProbePace {
  #spacing = MIN_SPACING
  #count = 0
  #since = 0

  /**
   * The number of frames between two probes of a connection: from 2 (up to 400 frames a second in all) to 30 (from
   * 5,800).
   */
  get spacing(): number {
    return this.#spacing
  }

  /** Counts a frame sent on any connection at `now` (monotonic ms). */
  count(now: number): void {
    this.#count++
    const elapsed = now - this.#since
    if (elapsed < PACE_MS) return
    const perSecond = (this.#count * 1000) / elapsed
    this.#spacing = clamp(Math.ceil(perSecond / PROBES_A_SECOND), MIN_SPACING, MAX_SPACING)
    this.#count = 0
    this.#since = now
  }
}

/** Asks the peer to confirm what it was sent so far. */
interface Probe {
  readonly serial: number
  readonly sentAt: number
  readonly receivedAt: number
  /** Nothing else was in flight when it was sent: its round-trip time is that of an empty link. */
  readonly alone: boolean
  /** The window had no room for another probe after it. */
  readonly full: boolean
  /** Frames and bytes sent since the probe before, including the frame it was sent with. */
  readonly frames: number
  readonly bytes: number
}

/** Before any time that occurs, ms. */
const FAR_PAST = -1_000_000_000
/** Longer than any round-trip time, ms. */
const UNKNOWN = 1_000_000_000
/** The minimum: one frame in transit and one behind it keep a link busy. */
const MIN_FRAMES = 2
const MAX_WINDOW_BYTES = 16 * 1024 * 1024
/**
 * Pings pending at once. Libraries take a peer that sends many without waiting for an attacker and close the
 * connection: `ws` 8.23 at 60 that it could not answer yet.
 */
const MAX_PINGS = 16
/** How many probes a large window is divided by. */
const SPREAD = 8
/** A peer that has not answered its first probe by then is assumed never to, until it does. */
const FIRST_ANSWER_MS = 3000
/** How long a link is probed densely after frames had to wait. */
const DENSE_MS = 2000
const PATIENCE_MS = 100
const BASE_MS = 10_000
/** A queue this short does no harm: nobody notices it, and a busy server or browser adds as much by itself. */
const UNNOTICED_MS = 40
/** Round-trip times vary this much without a queue; a window that shrank each time would starve a radio link. */
const JITTER = 1.25
/** How much the window grows per round trip while there is no queue. */
const GROWTH = 1.25
/** A probe is sent with the first frame after this time, however rare frames are. */
const PROBE_MS = 1000
const PROBES_A_SECOND = 200
const MIN_SPACING = 2
const MAX_SPACING = 30
const PACE_MS = 1000
