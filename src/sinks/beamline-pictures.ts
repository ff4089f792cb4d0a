import { every } from '../core/clock.ts'
import type { DefaultPicture } from '../core/default-picture.ts'
import { Refusal } from '../core/errors.ts'
import type { Frame, ImageFrame } from '../core/frame.ts'
import type { KnownInstruments } from '../core/known-instruments.ts'
import { authorize, type Principal } from '../core/principal.ts'
import type { StreamName } from '../core/stream-name.ts'
import { type SnapshotParts, snapshot } from './snapshot.ts'
import type { PageClient, ToldFrames } from './told-frames.ts'

/** What the old beamline page's pictures need. */
export interface BeamlinePicturesParts extends SnapshotParts {
  readonly instruments: KnownInstruments
  readonly picture: DefaultPicture
  readonly told: ToldFrames
}

/** The newest image of the default picture as a PNG, for the old beamline page and whatever else polls it. */
export class BeamlinePictures {
  readonly #parts: BeamlinePicturesParts
  readonly #made = new WeakMap<Frame, ImageFrame>()

  constructor(parts: BeamlinePicturesParts) {
    this.#parts = parts
  }

  /**
   * The image that a connected page was told of last; for all others, and where that is too long ago, the next one. One PNG
   * is made of an image, however many ask for it.
   * @param client whose request it is, as in `FrameRequest`
   * @param signal aborts the wait when the client has disconnected
   * @returns undefined if it has
   * @throws Refusal `not_found` if there is no such picture, or none comes in time; those of `snapshot`
   */
  async newest(page: PageClient, client: string, signal: AbortSignal): Promise<ImageFrame | undefined> {
    const { principal } = page
    const stream = await this.#streamFor(principal, signal)
    if (!stream) throw new Refusal('not_found', 'There is no picture of an instrument here (docs/instruments.md).')
    const frame = this.#parts.told.of(page)
    authorize(principal, 'view', frame?.stream ?? stream)
    const made = this.#made
    return snapshot(this.#parts, principal, { client, stream, frame, picture: { onlyPng: true }, made }, signal)
  }

  /** The default picture, for which the first pulse of an instrument may have to be waited for. */
  #streamFor(principal: Principal, signal: AbortSignal): Promise<StreamName | undefined> {
    const { clock, instruments, picture, nextWait } = this.#parts
    const known = picture.of(principal)
    if (known || instruments.count === 0) return Promise.resolve(known)
    const found = Promise.withResolvers<StreamName | undefined>()
    const give = (stream?: StreamName) => {
      stopLooking()
      cancel()
      signal.removeEventListener('abort', stop)
      found.resolve(stream)
    }
    const stop = () => give()
    const stopLooking = every(clock, LOOK_EVERY_MS, () => {
      const now = picture.of(principal)
      if (now) give(now)
    })
    const cancel = clock.after(nextWait, stop)
    signal.addEventListener('abort', stop)
    return found.promise
  }
}

/** How often it is looked whether an instrument has sent its first pulse. */
const LOOK_EVERY_MS = 100
