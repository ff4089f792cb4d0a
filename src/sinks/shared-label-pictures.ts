import type { Stream } from '../core/stream.ts'
import { LabelPictures, type LabelPicturesParts, type LabelReaders } from './label-pictures.ts'

/** The messages of all labels that somebody reads, once for all who see the same of a label. */
export class SharedLabelPictures {
  readonly #parts: LabelPicturesParts
  readonly #known = new Map<string, { readonly pictures: LabelPictures; users: number }>()

  constructor(parts: LabelPicturesParts) {
    this.#parts = parts
  }

  /**
   * The messages of those who see these streams of a label; to be given back with `release`.
   * @param streams in the order of their keys
   */
  acquire(readers: LabelReaders, streams: readonly Stream[]): LabelPictures {
    const { label, isPicturesOnly } = readers
    const id = [isPicturesOnly, label, ...streams.map(({ name }) => name.key)].join('\0')
    const known = this.#known.get(id) ?? { pictures: new LabelPictures(id, readers, streams, this.#parts), users: 0 }
    this.#known.set(id, known)
    known.users++
    if (!known.pictures.shows(streams)) known.pictures.follow(streams)
    return known.pictures
  }

  /** Forgets it when nobody uses it any more. */
  release({ id }: LabelPictures): void {
    const known = this.#known.get(id)
    if (known && --known.users === 0) this.#known.delete(id)
  }

  /** Forgets all messages, which may be large. */
  forgetMessages(): void {
    for (const { pictures } of this.#known.values()) pictures.forgetMessage()
  }
}
