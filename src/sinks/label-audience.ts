import type { Accepts, ImageFrame } from '../core/frame.ts'
import type { Hub } from '../core/hub.ts'
import { codeUnitOrder } from '../core/name-order.ts'
import type { EncodedImage } from '../core/payload.ts'
import type { Principal } from '../core/principal.ts'
import type { Stream } from '../core/stream.ts'
import { nameId } from '../core/stream-name.ts'
import type { Viewer } from '../core/viewer.ts'
import { DIALECT, type LabelPictures } from './label-pictures.ts'
import type { SharedLabelPictures } from './shared-label-pictures.ts'

/** What all audiences share. */
export interface LabelAudienceParts {
  readonly hub: Hub
  /** How many pictures of a stream are wanted, a second. */
  readonly maxFps: number
  readonly pictures: SharedLabelPictures
}

/**
 * What one principal's readers get of `update`: which labels they want, and which streams of these the principal may
 * see. It watches only what one of them wants.
 */
export class LabelAudience {
  readonly #parts: LabelAudienceParts
  readonly #viewer: Viewer<EncodedImage>
  readonly #isPicturesOnly: boolean
  /** By label; undefined: all labels. */
  readonly #watches = new Map<string | undefined, { readonly number: number; readers: number }>()
  #lastNumber = 0
  /** By the `nameId` of the label. */
  readonly #pictures = new Map<string, LabelPictures>()
  /** Whether the streams may be others than `#pictures` shows. */
  #isOutdated = false

  /**
   * @param ended called when the principal has ended, or the server shuts down
   * @throws Refusal `forbidden` if the principal may view nothing
   */
  constructor(parts: LabelAudienceParts, principal: Principal, ended: () => void) {
    this.#parts = parts
    this.#isPicturesOnly = principal.isPicturesOnly ?? false
    this.#viewer = parts.hub.watch(principal, {
      dialect: DIALECT,
      accepts: NO_FRAMES,
      changes: true,
      wake: () => {
        if (this.#viewer.isClosed) ended()
      },
    })
  }

  /**
   * A reader wants these labels; undefined: all that the principal may see.
   * @throws Refusal `forbidden` if the principal may view nothing of one of them; none counts as wanted then
   */
  want(labels: LabelSet): void {
    const wanted = new Set<string | undefined>()
    try {
      for (const label of labels ?? EVERYTHING) {
        this.#want(label)
        wanted.add(label)
      }
    } catch (error) {
      for (const label of wanted) this.#unwant(label)
      throw error
    }
  }

  /** The reader does not want them any more. */
  unwant(labels: LabelSet): void {
    for (const label of labels ?? EVERYTHING) this.#unwant(label)
  }

  /** The labels that have streams now, of those that a reader wants, as they come and go. */
  *of(labels: LabelSet): Generator<LabelPictures, undefined> {
    if (!labels) {
      yield* this.#pictures.values()
      return
    }
    for (const label of labels) {
      const pictures = this.#pictures.get(nameId(label))
      if (pictures) yield pictures
    }
  }

  /** Takes in which streams have come and gone. */
  update(): void {
    for (let change = this.#viewer.takeChange(); change; change = this.#viewer.takeChange())
      if (change.kind !== 'state') this.#isOutdated = true
    if (!this.#isOutdated) return
    this.#isOutdated = false
    const labels = Map.groupBy(this.#viewer.streams, ({ name }) => nameId(name.label))
    for (const [id, streams] of labels) this.#show(id, streams.sort(byKey))
    for (const id of this.#pictures.keys()) if (!labels.has(id)) this.#hide(id)
  }

  /** Ends its watches. */
  close(): void {
    for (const id of this.#pictures.keys()) this.#hide(id)
    this.#viewer.close()
  }

  #want(label: string | undefined): void {
    const watch = this.#watches.get(label) ?? { number: ++this.#lastNumber, readers: 0 }
    if (watch.readers === 0) {
      this.#viewer.watch(watch.number, { label, maxFps: this.#parts.maxFps })
      this.#watches.set(label, watch)
      this.#isOutdated = true
    }
    watch.readers++
  }

  #unwant(label: string | undefined): void {
    const watch = this.#watches.get(label)
    if (!watch || --watch.readers > 0) return
    this.#watches.delete(label)
    this.#viewer.unwatch(watch.number)
    this.#isOutdated = true
  }

  #show(id: string, streams: readonly Stream[]): void {
    const known = this.#pictures.get(id)
    const label = streams[0]?.name.label
    if (label === undefined || known?.shows(streams)) return
    this.#pictures.set(id, this.#parts.pictures.acquire({ label, isPicturesOnly: this.#isPicturesOnly }, streams))
    if (known) this.#parts.pictures.release(known)
  }

  #hide(id: string): void {
    const known = this.#pictures.get(id)
    this.#pictures.delete(id)
    if (known) this.#parts.pictures.release(known)
  }
}

/** Undefined: all labels. */
export type LabelSet = ReadonlySet<string> | undefined

/** The watch of all labels. */
const EVERYTHING = [undefined]

/** No frame waits for a viewer of which only the demand counts: the newest are looked up in each turn. */
const NO_FRAMES: Accepts<EncodedImage> = { kinds: ['image'], includes: (_frame): _frame is ImageFrame => false }

/** So that all who see the same streams have them in the same order. */
function byKey(one: Stream, other: Stream): number {
  return codeUnitOrder(one.name.key, other.name.key)
}
