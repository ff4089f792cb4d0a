import type { FrameId } from './frame-id.ts'
import type { EncodedImage } from './image.ts'
import type { StreamName } from './names.ts'

/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Measurements that came with a picture, under names of the source's choosing. */
export type Metadata = { readonly [name: string]: Json }

/**
 * What a detector drew on a picture, each field the text it sent, to the letter: JSON usually, plain lines from old
 * detectors, empty where it had nothing to say. Coordinates are pixels of `width` × `height` where these are not 0,
 * else of the picture.
 */
export interface Annotations {
  /** `{"warning_no_hardhat": {"count": 2}, …}`, or a line a warning. */
  readonly warnings: string
  /** `[[[x, y], …], …]` */
  readonly cone_polygons: string
  /** `[[[x, y], …], …]` */
  readonly pole_polygons: string
  /** `[[x1, y1, x2, y2, confidence, class], …]` */
  readonly detection_items: string
  /** Pixels, 0 if the sender gave none. */
  readonly width: number
  /** Pixels, 0 if the sender gave none. */
  readonly height: number
}

/** The fields of Annotations that hold text, in the order of the wire. */
export const ANNOTATION_TEXTS = ['warnings', 'cone_polygons', 'pole_polygons', 'detection_items'] as const

/** Annotations of a picture that came without any. */
export const NO_ANNOTATIONS: Annotations = {
  warnings: '',
  cone_polygons: '',
  pole_polygons: '',
  detection_items: '',
  width: 0,
  height: 0,
}

/** What a source publishes; the hub makes a Frame of it. */
export interface FrameInput {
  readonly stream: StreamName
  readonly image: EncodedImage
  readonly annotations: Annotations
  readonly metadata: Metadata
  /** When the picture was taken: ms since 1970 by the source's clock, if it told us. */
  readonly capturedAt?: number | undefined
}

/**
 * A picture with its measurements at one moment. Never changes; every wire form of it is made at most once, on the
 * first call of `form`, and shared by all who want it.
 */
export class Frame implements FrameInput {
  readonly stream: StreamName
  readonly id: FrameId
  /** ms since 1970, this server's clock. */
  readonly receivedAt: number
  readonly capturedAt?: number | undefined
  readonly image: EncodedImage
  readonly annotations: Annotations
  readonly metadata: Metadata
  /** Counts the stream's frames from 1, so that a viewer who sees a gap knows how many it skipped. */
  readonly sequence: number
  #forms: Map<FormMaker<unknown>, unknown> | undefined

  constructor(input: FrameInput, id: FrameId, receivedAt: number, sequence: number) {
    this.stream = input.stream
    this.image = input.image
    this.annotations = input.annotations
    this.metadata = input.metadata
    this.capturedAt = input.capturedAt
    this.id = id
    this.receivedAt = receivedAt
    this.sequence = sequence
  }

  /** This frame as `maker` writes it: made on the first call, the same object ever after. */
  form<Form>(maker: FormMaker<Form>): Form {
    this.#forms ??= new Map()
    // A map from makers of any type to what each made: the type of the value follows from its key.
    const made = this.#forms.get(maker) as Form | undefined
    if (made !== undefined) return made
    const form = maker(this)
    this.#forms.set(maker, form)
    return form
  }

  /** Lets go of what `form` made: this frame is no longer the newest, and viewers want only that. */
  dropForms(): void {
    this.#forms = undefined
  }
}

/** Writes a frame in one wire form. Pure, synchronous and cheap; what costs is a rendition. */
export type FormMaker<Form> = (frame: Frame) => Form
