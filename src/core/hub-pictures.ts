import { colouringFor } from './colouring.ts'
import type { PictureWish, WatchDemand } from './demand.ts'
import { Refusal } from './errors.ts'
import { type Frame, type ImageFrame, isImageFrame } from './frame.ts'
import type { Renditions } from './hub-parts.ts'
import type { FrameViews } from './pictures-only.ts'
import { authorize, type Principal } from './principal.ts'
import { quotaClientOf } from './quota-client.ts'
import type { Stream } from './stream.ts'
import { noSuchStream } from './stream-directory.ts'
import type { StreamName } from './stream-name.ts'
import type { StreamTable } from './stream-table.ts'

/** Who asks for a picture of one frame, and for how long. */
export interface PictureAsker {
  /** Who exactly, as in `quotaClientOf`: in whose share and turn it is made. */
  readonly client?: string
  /** Ends the waiting. */
  readonly signal?: AbortSignal
}

/**
 * Which pictures people get of the streams: renditions where these are made, otherwise the frames' own. Where a wish does
 * not say how arrays are drawn, the stream's declaration does.
 */
export class HubPictures {
  readonly #streams: StreamTable
  readonly #views: FrameViews
  readonly #renditions: () => Renditions | undefined

  /** @param renditions undefined as long as nobody makes any */
  constructor(streams: StreamTable, views: FrameViews, renditions: () => Renditions | undefined) {
    this.#streams = streams
    this.#views = views
    this.#renditions = renditions
  }

  /**
   * Checks that a viewer with that demand would get what it wants, for those that cannot use the original instead.
   * @param client who exactly, as in `quotaClientOf`
   * @throws Refusal `forbidden`; `not_found` if there is no such stream; `exhausted` or `limited` when there are too many
   *   renditions
   */
  checkRoom(principal: Principal, name: StreamName, demand: WatchDemand, client?: string): void {
    authorize(principal, 'view', name)
    const stream = this.#streams.get(name)
    if (!stream) throw noSuchStream(name)
    this.#renditions()?.checkRoom(stream, inColoursOf(stream, demand), quotaClientOf(principal, client))
  }

  /**
   * The picture of one frame that a wish asks for, in a frame that is otherwise the same; of an array in any case one.
   * @throws Refusal `forbidden`, also when that right ends meanwhile; `invalid` when the picture cannot be decoded, or
   *   the array not drawn; `exhausted` or `limited` when too many are waiting; `unavailable` when no pictures are made
   */
  async of(
    principal: Principal,
    frame: Frame,
    wish: PictureWish,
    { client, signal }: PictureAsker = {},
  ): Promise<ImageFrame> {
    authorize(principal, 'view', frame.stream)
    const coloured = inColoursOf(this.#streams.get(frame.stream), wish)
    const made = await this.#renditions()?.pictureOf(frame, coloured, quotaClientOf(principal, client), signal)
    authorize(principal, 'view', frame.stream)
    if (made) return made
    if (isImageFrame(frame)) return frame
    throw new Refusal('unavailable', 'This server makes no pictures of arrays.')
  }

  /** The newest picture that viewers without a wish get of the stream; undefined if there is none, or nobody has one made. */
  newest(stream: Stream): ImageFrame | undefined {
    const { newest } = stream
    if (newest && isImageFrame(newest)) return newest
    return this.#renditions()?.newestPicture(stream, inColoursOf(stream, {}))
  }

  /** A picture as a reader gets it, who may view it. */
  for(reader: Pick<Principal, 'isPicturesOnly'>, picture: ImageFrame): ImageFrame {
    return this.#views.for(reader, picture)
  }
}

/** A wish for frames of the stream, whose arrays are drawn as it says where the wish does not. */
export function inColoursOf<Wish extends PictureWish>(stream: Stream | undefined, wish: Wish): Wish {
  const usual = stream?.declared?.options.colouring
  return usual ? { ...wish, colouring: colouringFor(wish.colouring, usual) } : wish
}
