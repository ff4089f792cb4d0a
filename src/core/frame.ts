import type { Annotations } from './annotations.ts'
import type { FrameId } from './frame-id.ts'
import { byteLengthOf, type EncodedImage, type Payload, type Size } from './payload.ts'
import type { StreamName } from './stream-name.ts'

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Measurements that came with a picture, under names of the source's choosing. */
export type Metadata = { readonly [name: string]: Json }

/** What a source publishes; the hub makes a Frame of it. */
export interface FrameInput<Carried extends Payload = Payload> {
  readonly stream: StreamName
  /**
   * What coordinates refer to: the size of the original picture, or of the array. A rendition's frames keep it,
   * whatever size their own picture has.
   */
  readonly size: Size
  readonly payload: Carried
  /** The names of what it warns of, without doubles: "no_hardhat". */
  readonly warnings?: readonly string[] | undefined
  /** What a detector of the detection hub drew on it, if one did. */
  readonly annotations?: Annotations | undefined
  readonly metadata: Metadata
  /** When the picture was taken: ms since 1970 by the source's clock, if it told us. */
  readonly capturedAt?: number | undefined
}

/**
 * A picture or an array with its measurements at one moment. Never changes; every wire format of it is encoded at
 * most once, on the first call of `encoded`, and shared by all who want it (fan-out).
 */
export class Frame<Carried extends Payload = Payload> implements FrameInput<Carried> {
  readonly stream: StreamName
  readonly id: FrameId
  /** ms since 1970, this server's clock. */
  readonly receivedAt: number
  readonly capturedAt?: number | undefined
  readonly size: Size
  readonly payload: Carried
  readonly warnings?: readonly string[] | undefined
  readonly annotations?: Annotations | undefined
  readonly metadata: Metadata
  /** Counts the stream's frames from 1, so that a viewer who sees a gap knows how many it skipped. */
  readonly sequence: number
  #encodings: Map<unknown, unknown> | undefined

  constructor(input: FrameInput<Carried>, id: FrameId, receivedAt: number, sequence: number) {
    this.stream = input.stream
    this.size = input.size
    this.payload = input.payload
    this.warnings = input.warnings
    this.annotations = input.annotations
    this.metadata = input.metadata
    this.capturedAt = input.capturedAt
    this.id = id
    this.receivedAt = receivedAt
    this.sequence = sequence
  }

  /** How many bytes its payload takes. */
  get byteLength(): number {
    return byteLengthOf(this.payload)
  }

  /** This frame as `encoder` writes it: made on the first call, the same object ever after (memoized). */
  encoded<Encoding>(encoder: FrameEncoder<Encoding, Carried>): Encoding {
    this.#encodings ??= new Map()
    // A map from encoders of any type to what each made: the type of the value follows from its key.
    const made = this.#encodings.get(encoder) as Encoding | undefined
    if (made !== undefined) return made
    const encoding = encoder(this)
    this.#encodings.set(encoder, encoding)
    return encoding
  }

  /** Lets go of what `encoded` made: this frame is no longer the newest, and viewers want only that. */
  dropEncodings(): void {
    this.#encodings = undefined
  }
}

/** Writes a frame in one wire format. Pure, synchronous and cheap; what costs is a rendition. */
export type FrameEncoder<Encoding, Carried extends Payload = Payload> = (frame: Frame<Carried>) => Encoding

/** A frame that carries an encoded picture. */
export type ImageFrame = Frame<EncodedImage>

/** Whether a frame carries an encoded picture: what every dialect of today can write. */
export function isImageFrame(frame: Frame): frame is ImageFrame {
  return frame.payload.kind === 'image'
}

/** The frames that a viewer can be given. */
export interface Accepts<Carried extends Payload> {
  readonly kinds: readonly Carried['kind'][]
  readonly includes: (frame: Frame) => frame is Frame<Carried>
}

/** Encoded pictures. */
export const IMAGES: Accepts<EncodedImage> = { kinds: ['image'], includes: isImageFrame }
