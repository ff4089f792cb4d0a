import type { PieceOrder } from '../core/array-piece.ts'
import type { Colouring } from '../core/colouring.ts'
import type { ValuesCompression, ValuesWish } from '../core/demand.ts'
import type { EncodedImage, PackedArray, Payload, Size } from '../core/payload.ts'
import type { Scale } from './levels.ts'

/** A picture to be made at one or more sizes, or values to be written in one or more ways. */
export interface ScaleJob {
  /** The original, or the array that is to be drawn; its bytes are left as they are. */
  readonly picture: Payload
  /** The sizes, as seen (turned by the EXIF orientation), none larger than the original; each with its format. */
  readonly outputs: readonly ScaleOutput[]
  /** In which ways the values of the array are to be written, if in any. */
  readonly values?: readonly ValuesOutput[] | undefined
}

/** One way to write the values of an array. */
export interface ValuesOutput {
  readonly type: ValuesWish
  /** Not at all if left out. */
  readonly compression: ValuesCompression | undefined
  /** The levels, and whether they are logarithmic, where values are quantised. */
  readonly scale: Scale
}

/** One size of a picture. */
export interface ScaleOutput extends Size {
  /** 1 to 100, as libjpeg has it. */
  readonly jpegQuality: number
  /** JPEG if left out. */
  readonly format?: PictureFormat | undefined
  /** How an array is drawn; if left out, by `DEFAULT_COLOURING`. */
  readonly colouring?: Colouring | undefined
}

/** What pictures are encoded as: small, or without a loss. */
export type PictureFormat = 'jpeg' | 'png'

/** What was made for a job. */
export interface ScaledPictures {
  /** In the order of the job's outputs; turned, opaque, without EXIF. Those of arrays say how they were drawn. */
  readonly pictures: readonly EncodedImage[]
  /** In the order of the job's `values`; left out where there were none. */
  readonly values?: readonly PackedArray[] | undefined
  /** Whether the original's data is damaged, though something could be decoded. */
  readonly isDamaged: boolean
}

/**
 * Decodes a picture, or unpacks an array, once and makes JPEGs or PNGs of it at other sizes, or writes its values, off the
 * event loop. Does as many jobs at once as it has threads; who uses it hands over a job when one is idle, so that what
 * waits can still be replaced by something newer.
 */
export interface Scaler {
  /** How many jobs it does at once. */
  readonly threads: number
  /** How many of them could begin now. */
  readonly idle: number
  /** Whether all threads that it may have hang: nothing can be done until one of them ends. */
  readonly isStuck: boolean
  /**
   * Does a job; to be called while `idle` is above 0.
   * @throws UndecodablePicture; ScalerFailure when its thread crashed or took too long and was replaced
   */
  scale(job: ScaleJob): Promise<ScaledPictures>
  /**
   * Writes values of an array; likewise.
   * @throws UndecodablePicture when they are damaged; ScalerFailure
   */
  write(order: PieceOrder): Promise<Uint8Array>
  /** Has the listener called whenever a job could begin: one is done, or the pause after a failure is over. */
  onIdle(listener: () => void): void
  /** Ends its threads, each after its job. */
  close(): Promise<void>
}

/** A picture that cannot be decoded; the message says why, for people. */
export class UndecodablePicture extends Error {}

/** A job that was not done because of the thread, not because of the picture. */
export class ScalerFailure extends Error {}
