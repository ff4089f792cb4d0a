import type { EventPicture, NewEvent } from './event.ts'
import type { EncodedImage, ImageType } from './payload.ts'

/** In whose share a picture counts: when there are too many, others of it make room first. */
export type PictureOwner = Pick<NewEvent, 'publisher' | 'label'>

/** A stored picture. */
export interface StoredPicture {
  readonly mediaType: ImageType
  /** Size in bytes. */
  readonly size: number
  /** Its bytes; once begun, they must be read to the end or given up. @throws Refusal `not_found` if removed meanwhile */
  readonly read: () => AsyncIterable<Uint8Array>
}

/** Stores the pictures of events, within bounds: the oldest make room for new ones, whether their events are kept or not. */
export interface EventPictures {
  /**
   * Stores a picture. Never rejects, and takes no longer than a few seconds: an event must not be lost or late for its
   * picture.
   * @returns where it is; undefined if it could not be stored
   */
  save(image: EncodedImage, owner: PictureOwner): Promise<EventPicture | undefined>
  /** A picture that `save` stored; undefined if it is not kept any more. */
  find(picture: EventPicture): Promise<StoredPicture | undefined>
  /** Finishes what is being written. */
  close(): Promise<void>
}
