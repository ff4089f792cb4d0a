import type { Principal } from '../core/principal.ts'
import type { SharedPacket } from '../wire/socket-io-packet.ts'
import type { LabelAudience, LabelSet } from './label-audience.ts'
import type { LabelPictures, ReaderPlace } from './label-pictures.ts'

/** Who gets `update`. */
export interface UpdateReader {
  readonly principal: Principal
  /** Undefined: all that the principal may see. The caller limits how many they are. */
  readonly labels: readonly string[] | undefined
  /** Whether the link has taken everything that was written before. */
  readonly isDrained: () => boolean
  /** Writes a packet, which is the same for all who get it. */
  readonly write: (packet: SharedPacket) => void
}

/** One reader's way through the labels: round after round, a message at a time, as fast as the link takes them. */
export class UpdateReading {
  readonly #audience: LabelAudience
  readonly #reader: UpdateReader
  readonly #labels: LabelSet
  readonly #places = new WeakMap<LabelPictures, ReaderPlace>()
  /** The labels that are still to be looked at in this round. */
  #left: Iterator<LabelPictures> | undefined
  #isDueAgain = false
  #isClosed = false

  /** @throws Refusal `forbidden` if the principal may view nothing of one of the labels; nothing is open then */
  constructor(reader: UpdateReader, audience: LabelAudience) {
    this.#reader = reader
    this.#labels = reader.labels && new Set(reader.labels)
    this.#audience = audience
    audience.want(this.#labels)
  }

  get principal(): Principal {
    return this.#reader.principal
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** All labels are due: now or, if a round is under way, after it. */
  begin(): void {
    if (this.#left) this.#isDueAgain = true
    else this.#left = this.#audience.of(this.#labels)
  }

  /**
   * Writes the next message, if the link takes it.
   * @param turn the number of the feed's turn
   * @returns whether it wrote one
   */
  writeNext(turn: number): boolean {
    if (!this.#reader.isDrained()) return false
    this.#audience.update()
    while (this.#left) {
      const { done, value: pictures } = this.#left.next()
      if (done) {
        this.#left = this.#isDueAgain ? this.#audience.of(this.#labels) : undefined
        this.#isDueAgain = false
        continue
      }
      const packet = pictures.take(this.#placeIn(pictures), turn)
      if (!packet) continue
      this.#reader.write(packet)
      return true
    }
    return false
  }

  /** Ends it; does nothing the second time. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#left = undefined
    this.#audience.unwant(this.#labels)
  }

  #placeIn(pictures: LabelPictures): ReaderPlace {
    const known = this.#places.get(pictures)
    if (known) return known
    const place = pictures.begin()
    this.#places.set(pictures, place)
    return place
  }
}
