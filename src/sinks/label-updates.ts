import type { Clock } from '../core/clock.ts'
import type { Hub } from '../core/hub.ts'
import type { Log } from '../core/log.ts'
import type { Principal } from '../core/principal.ts'
import { SlicedWalk } from '../core/sliced-walk.ts'
import { LabelAudience } from './label-audience.ts'
import type { LabelPicturesParts } from './label-pictures.ts'
import { SharedLabelPictures } from './shared-label-pictures.ts'
import { type UpdateReader, UpdateReading } from './update-reading.ts'

/** What the feed needs. */
export interface LabelUpdatesParts extends LabelPicturesParts {
  readonly hub: Hub
  readonly clock: Clock
  readonly log: Log
  /** How long a turn is, in which each label has at most one message, ms. */
  readonly interval: number
  /** Calls something in the next turn of the event loop: `setImmediate`. */
  readonly inNextTurn: (action: () => void) => void
}

/** A reader's part of the feed. */
export interface OpenUpdates {
  /** Ends it; does nothing the second time. */
  close(): void
  /** To be called when the link is drained again. */
  drained(): void
}

/**
 * The first generation's `update {label, images, image_names}` (Socket.IO): one feed for all readers. In each turn,
 * about a second, there is one message for each label that has new pictures. Nothing is queued: a reader who has not
 * taken the last message is passed over, and gets the newest one when the link is drained. While nobody reads, nothing
 * is watched and nothing runs.
 */
export class LabelUpdates {
  readonly #parts: LabelUpdatesParts
  readonly #pictures: SharedLabelPictures
  readonly #groups = new Map<Principal, Group>()
  /** Who may have something to get, and the link may take it. They come one after another, a message each. */
  readonly #waiting = new Set<UpdateReading>()
  readonly #walk: SlicedWalk<UpdateReading>
  #turn = 0
  /** When the turn began, monotonic ms. */
  #begunAt = Number.NEGATIVE_INFINITY
  #cancelTimer: (() => void) | undefined

  constructor(parts: LabelUpdatesParts) {
    this.#parts = parts
    this.#pictures = new SharedLabelPictures(parts)
    const { clock, inNextTurn } = parts
    const visit = (reading: UpdateReading) => this.#visit(reading)
    this.#walk = new SlicedWalk({ items: this.#waiting, visit, clock, inNextTurn })
  }

  /**
   * Adds a reader, who gets the newest pictures of all these labels in the next turn, which is at once if nobody was
   * reading. Nothing is written before this returns.
   * @throws Refusal `forbidden` if the principal may view nothing at all, or nothing of one of the labels;
   *   `unauthenticated` when it has ended
   */
  open(reader: UpdateReader): OpenUpdates {
    const { principal } = reader
    const group = this.#groupOf(principal)
    try {
      const reading = new UpdateReading(reader, group.audience)
      group.readings.add(reading)
      this.#schedule()
      return { close: () => this.#close(reading), drained: () => this.#goOn(reading) }
    } catch (error) {
      this.#dissolveIfEmpty(principal)
      throw error
    }
  }

  /** @throws Refusal as `open` */
  #groupOf(principal: Principal): Group {
    const known = this.#groups.get(principal)
    if (known) return known
    const { hub, interval } = this.#parts
    const parts = { hub, maxFps: 1000 / interval, pictures: this.#pictures }
    const group = {
      audience: new LabelAudience(parts, principal, () => this.#closeAll(principal)),
      readings: new Set<UpdateReading>(),
    }
    this.#groups.set(principal, group)
    return group
  }

  #close(reading: UpdateReading): void {
    const { principal } = reading
    reading.close()
    this.#waiting.delete(reading)
    this.#groups.get(principal)?.readings.delete(reading)
    this.#dissolveIfEmpty(principal)
  }

  /** The principal has ended. */
  #closeAll(principal: Principal): void {
    for (const reading of this.#groups.get(principal)?.readings ?? []) this.#close(reading)
  }

  #dissolveIfEmpty(principal: Principal): void {
    const group = this.#groups.get(principal)
    if (!group || group.readings.size > 0) return
    this.#groups.delete(principal)
    group.audience.close()
    if (this.#groups.size > 0) return
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  /** The next turn begins when this one has lasted long enough; until then messages are kept for a second at most. */
  #schedule(): void {
    const { clock, interval } = this.#parts
    const left = Math.max(this.#begunAt + interval - clock.monotonic(), 0)
    this.#cancelTimer ??= clock.after(Math.min(left, KEPT_MS), () => {
      this.#cancelTimer = undefined
      if (left <= KEPT_MS) {
        this.#begin()
        return
      }
      this.#pictures.forgetMessages()
      this.#schedule()
    })
  }

  #begin(): void {
    this.#turn++
    this.#begunAt = this.#parts.clock.monotonic()
    this.#schedule()
    this.#pictures.forgetMessages()
    for (const { readings } of this.#groups.values())
      for (const reading of readings) {
        reading.begin()
        this.#waiting.add(reading)
      }
    this.#walk.start()
  }

  #goOn(reading: UpdateReading): void {
    if (reading.isClosed) return
    this.#waiting.add(reading)
    this.#walk.start()
  }

  /** A failure affects only this reader. */
  #visit(reading: UpdateReading): void {
    this.#waiting.delete(reading)
    try {
      // Behind all others that wait: each gets one message before anybody gets the next.
      if (reading.writeNext(this.#turn) && !reading.isClosed) this.#waiting.add(reading)
    } catch (error) {
      this.#parts.log.error({ err: error }, 'a reader could not be sent the pictures of a label')
      this.#close(reading)
    }
  }
}

/** How long a message is kept for those whose links are slow, ms. Then it is made again. */
const KEPT_MS = 1000

/** All readers of one principal. */
interface Group {
  readonly audience: LabelAudience
  readonly readings: Set<UpdateReading>
}
