import { Refusal } from './errors.ts'
import { Frame } from './frame.ts'
import type { EncodedImage, Payload } from './payload.ts'
import type { Principal } from './principal.ts'

/*
 * What principals get who see pictures only (`Principal.isPicturesOnly`): pictures with their times, warnings and
 * annotations, and no other measurements; nor what is written in the file of a picture, such as where it was taken (EXIF).
 */

/** Takes out of a picture all that was written into its file besides it. */
export type BarePicture = (image: EncodedImage) => EncodedImage

/** The frames of streams as principals get them. */
export class FrameViews {
  readonly #bareOf: BarePicture

  constructor(bareOf: BarePicture) {
    this.#bareOf = bareOf
  }

  /** A frame as a principal gets it; the same object for all who get the same. */
  for<Carried extends Payload>(
    { isPicturesOnly }: Pick<Principal, 'isPicturesOnly'>,
    frame: Frame<Carried>,
  ): Frame<Carried> {
    return isPicturesOnly ? frame.encoded<Frame<Carried>>(this.#pictureOnly) : frame
  }

  readonly #pictureOnly = <Carried extends Payload>(frame: Frame<Carried>): Frame<Carried> => {
    const { stream, size, warnings, annotations, capturedAt, captureClock, id, receivedAt, sequence } = frame
    const payload = this.#bared(frame.payload)
    const shown = { stream, size, payload, warnings, annotations, capturedAt, captureClock, metadata: {} }
    return new Frame(shown, id, receivedAt, sequence)
  }

  #bared<Carried extends Payload>(payload: Carried): Carried {
    // Of the same kind, which TypeScript cannot know.
    return payload.kind === 'image' ? (this.#bareOf(payload) as typeof payload) : payload
  }
}

/** @throws Refusal `forbidden` if the principal sees pictures only */
export function authorizeValues({ isPicturesOnly, name }: Pick<Principal, 'isPicturesOnly' | 'name'>): void {
  if (isPicturesOnly) throw new Refusal('forbidden', `${name} shows pictures, not what was measured`)
}
