import type { Annotations } from './annotations.ts'
import { CHANNEL_BYTES, type ChannelValues } from './channel-values.ts'
import type { WatchDemand } from './demand.ts'
import type { FrameId } from './frame-id.ts'
import { type Json, weightOfFields, weightOfText } from './json.ts'
import { byteLengthOf, type EncodedImage, PAYLOAD_KINDS, type Payload, type PayloadKind, type Size } from './payload.ts'
import { PULSE_BYTES, type Pulse } from './pulse.ts'
import type { StreamName } from './stream-name.ts'

/** Measurements that came with a picture, under names that the source chose. */
export type Metadata = { readonly [name: string]: Json }

/** The clock of a source that is known to agree with this server's. */
export type CaptureClock = 'synchronised'

/** A frame as a source publishes it; the hub makes a `Frame` of it. */
export interface FrameInput<Carried extends Payload = Payload> {
  readonly stream: StreamName
  /**
   * The size that coordinates refer to: that of the original picture as it is seen, turned by its EXIF orientation, or
   * of the array. Frames of a rendition keep it, whatever the size of their own picture.
   */
  readonly size: Size
  readonly payload: Carried
  /** The names of its warnings, without duplicates: "no_hardhat". */
  readonly warnings?: readonly string[] | undefined
  /** The annotations of a detection hub's detector, if it sent any. */
  readonly annotations?: Annotations | undefined
  readonly metadata: Metadata
  /** The JSON that the metadata was sent as, which is what is passed on: numbers in `metadata` are rounded to doubles. */
  readonly metadataText?: string | undefined
  /** When the picture was taken, if the source says so: ms since 1970 by the source's clock. */
  readonly capturedAt?: number | undefined
  /** Of `capturedAt`: `synchronised` if it is known to agree with this server's, so that the picture's age counts from then. */
  readonly captureClock?: CaptureClock | undefined
  /** When it came, if that was earlier than it is published, as of video that had to be decoded: ms since 1970 by this server's clock. */
  readonly arrivedAt?: number | undefined
  /** The pulse that it belongs to, if its source has pulses. */
  readonly pulse?: Pulse | undefined
  /** What its source measured with that pulse besides, to the bit. Frames of a rendition have none. */
  readonly channels?: ChannelValues | undefined
}

/**
 * A picture or an array with its measurements at one moment. Immutable. Each wire format is encoded at most once, on
 * the first call of `encoded`, and shared by all viewers (fan-out).
 */
export class Frame<Carried extends Payload = Payload> implements Omit<FrameInput<Carried>, 'arrivedAt'> {
  readonly stream: StreamName
  readonly id: FrameId
  /** ms since 1970, by this server's clock. */
  readonly receivedAt: number
  readonly capturedAt?: number | undefined
  readonly captureClock?: CaptureClock | undefined
  readonly pulse?: Pulse | undefined
  readonly channels?: ChannelValues | undefined
  readonly size: Size
  readonly payload: Carried
  readonly warnings?: readonly string[] | undefined
  readonly annotations?: Annotations | undefined
  readonly metadata: Metadata
  readonly metadataText?: string | undefined
  /** Numbers the stream's frames from 1, so that a viewer can tell how many it skipped. */
  readonly sequence: number
  /** How much of the memory that it takes is not its payload, as `metadataWeightOf` estimates it, in bytes. */
  readonly metadataWeight: number
  #encodings: Map<unknown, unknown> | undefined

  constructor(
    input: FrameInput<Carried>,
    id: FrameId,
    receivedAt: number,
    sequence: number,
    metadataWeight = metadataWeightOf(input),
  ) {
    this.stream = input.stream
    this.size = input.size
    this.payload = input.payload
    this.warnings = input.warnings
    this.annotations = input.annotations
    this.metadata = input.metadata
    this.metadataText = input.metadataText
    this.capturedAt = input.capturedAt
    this.captureClock = input.captureClock
    this.pulse = input.pulse
    this.channels = input.channels
    this.id = id
    this.receivedAt = receivedAt
    this.sequence = sequence
    this.metadataWeight = metadataWeight
  }

  /** Size of its payload in bytes. */
  get byteLength(): number {
    return byteLengthOf(this.payload)
  }

  /** How much memory it takes while it is kept, in bytes. */
  get weight(): number {
    return carriedBytesOf(this) + this.metadataWeight
  }

  /** This frame as written by `encoder`: encoded on the first call, then the same object (memoized). */
  encoded<Encoding>(encoder: FrameEncoder<Encoding, Carried>): Encoding {
    this.#encodings ??= new Map()
    // The map holds values of many types; the type of each follows from its key, the encoder.
    const made = this.#encodings.get(encoder) as Encoding | undefined
    if (made !== undefined) return made
    const encoding = encoder(this)
    this.#encodings.set(encoder, encoding)
    return encoding
  }

  /** Frees what `encoded` cached: this frame is no longer the newest, and viewers only want that. */
  dropEncodings(): void {
    this.#encodings = undefined
  }
}

/** The bytes that a frame keeps as they were received: its payload, and the values of other channels. */
export function carriedBytesOf({ payload, channels }: Pick<FrameInput, 'payload' | 'channels'>): number {
  return byteLengthOf(payload) + (channels?.byteLength ?? 0)
}

/** How much memory all that came with a payload takes while the frame is kept, in bytes, without `carriedBytesOf`. */
export function metadataWeightOf(input: FrameInput): number {
  const { annotations, warnings, metadata, metadataText = '', pulse, channels } = input
  let weight = weightOfFields(metadata) + weightOfText(metadataText)
  if (pulse) weight += PULSE_BYTES
  if (channels) weight += channels.count * CHANNEL_BYTES
  if (annotations) {
    const { warnings, cone_polygons, pole_polygons, detection_items } = annotations
    for (const text of [warnings, cone_polygons, pole_polygons, detection_items]) weight += weightOfText(text)
  }
  if (warnings) for (const name of warnings) weight += weightOfText(name)
  return weight
}

/** Encodes a frame in one wire format. Pure, synchronous and cheap; expensive work belongs in a rendition. */
export type FrameEncoder<Encoding, Carried extends Payload = Payload> = (frame: Frame<Carried>) => Encoding

/** A frame that carries an encoded picture. */
export type ImageFrame = Frame<EncodedImage>

/** Whether a frame carries an encoded picture, which is all that today's dialects can write. */
export function isImageFrame(frame: Frame): frame is ImageFrame {
  return frame.payload.kind === 'image'
}

/** The width of a frame's own picture as it is seen: less than that of the frame where it is a rendition. */
export function shownWidthOf({ payload, size }: Frame): number {
  return payload.kind === 'image' && !payload.needsTurning ? payload.width : size.width
}

/** The payload kinds that a viewer accepts. */
export interface Accepts<Carried extends Payload> {
  readonly kinds: readonly Carried['kind'][]
  /** Whether a frame carries one of these kinds. */
  readonly includes: (frame: Frame) => frame is Frame<Carried>
  /** The kinds that it takes for a demand, where that depends on it; always one of the same few lists. */
  readonly kindsFor?: (demand: WatchDemand) => readonly Carried['kind'][]
}

/** Arrays, for whoever takes pictures by another way. */
export const ARRAY_KINDS: readonly PayloadKind[] = PAYLOAD_KINDS.filter((kind) => kind !== 'image')

/** Accepts everything, for whoever has a picture made of it (`HubPictures.of`). */
export const ANYTHING: Accepts<Payload> = { kinds: PAYLOAD_KINDS, includes: (_frame): _frame is Frame => true }

/** Accepts encoded pictures. */
export const IMAGES: Accepts<EncodedImage> = { kinds: ['image'], includes: isImageFrame }

/** Accepts encoded pictures, and arrays where their values are asked for. */
export const IMAGES_OR_VALUES: Accepts<Payload> = {
  ...ANYTHING,
  kindsFor: ({ values }) => (values ? PAYLOAD_KINDS : IMAGES.kinds),
}
