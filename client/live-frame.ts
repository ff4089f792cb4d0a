import type { AppliedColouring } from '../src/core/colouring.ts'
import type { Metadata } from '../src/core/frame.ts'
import type { Orientation } from '../src/core/orientation.ts'
import type { PackedArray } from '../src/core/payload.ts'
import type { StreamName } from '../src/core/stream-name.ts'
import { mayRound, parseExact } from '../src/wire/exact-numbers.ts'
import { orientationOf } from '../src/wire/exif.ts'
import { decodeImgMessage } from '../src/wire/img-message.ts'
import { type LiveFrameHeader, VALUES_TYPE } from '../src/wire/live-messages.ts'
import type { PulseFields } from '../src/wire/pulse-fields.ts'

/** A received frame: a picture with its annotations and metadata. Immutable. */
export class LiveFrame {
  readonly stream: StreamName
  /** Increases within a stream: "<milliseconds>-<sequence>". */
  readonly id: string
  /** The number of the frame within its stream, increasing by 1. */
  readonly sequence: number
  /** ms since 1970 by the server's clock. */
  readonly receivedAt: number
  /** When the picture was captured: ms since 1970 by the source's clock, if the source sent it. */
  readonly capturedAt: number | undefined
  /**
   * From when on its age counts, ms since 1970: when it was captured, where the server knows that the source's clock agrees with its
   * own, else when it was received.
   */
  readonly takenAt: number
  /** The pulse that it belongs to, of an instrument: its id and times as texts, as they have 64 bits. */
  readonly pulse: PulseFields | undefined
  /** Width of the original in pixels, to which coordinates refer unless the annotations name another size. */
  readonly width: number
  /** Height of the original in pixels, like `width`. */
  readonly height: number
  readonly mediaType: LiveFrameHeader['media_type']
  /** The values as they came, where the watch asks for values and the stream has arrays: `valuesOf` unpacks them. */
  readonly array: PackedArray | undefined
  /** How the values were drawn, where the picture is of an array: the colour map, and the levels that were used; else undefined. */
  readonly colouring: AppliedColouring | undefined
  /** The detector's annotations: each field parsed if it is valid JSON, else its text; undefined if there are none. */
  readonly annotations: LiveFrameHeader['annotations']
  /** Numbers that JavaScript cannot hold, such as integers of 64 bits, are texts; also in the annotations. */
  readonly metadata: Metadata | undefined
  /** The encoded picture, or the packed values: a view into the received message, not a copy. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /**
   * How many frames of this stream were skipped (not sent to this client) since the previous one. 0 for the first frame
   * of a connection, and when the sequence restarts because the server did.
   */
  readonly skipped: number

  constructor(header: LiveFrameHeader, bytes: Uint8Array<ArrayBuffer>, skipped: number) {
    this.stream = { label: header.label, key: header.key }
    this.id = header.id
    this.sequence = header.sequence
    this.receivedAt = header.received_at
    this.capturedAt = header.captured_at
    this.takenAt = (header.capture_clock && header.captured_at) ?? header.received_at
    this.pulse = header.pulse
    this.width = header.width
    this.height = header.height
    this.mediaType = header.media_type
    this.colouring = header.colouring
    this.annotations = header.annotations
    this.metadata = header.metadata
    this.bytes = bytes
    this.array = arrayIn(header, bytes)
    this.skipped = skipped
  }

  /**
   * How the picture is to be turned to be seen upright, as EXIF counts: 1 as it is. `width` and `height` are of the turned
   * picture. Browsers turn a JPEG and a PNG by themselves; a WebP Chromium shows as it is stored.
   */
  get orientation(): Orientation {
    return this.mediaType === VALUES_TYPE ? 1 : orientationOf(this.bytes, this.mediaType)
  }

  /** A copy of the picture, for `createImageBitmap` and `URL.createObjectURL`. */
  get blob(): Blob {
    return new Blob([this.bytes], { type: this.mediaType })
  }
}

function arrayIn({ values }: LiveFrameHeader, bytes: Uint8Array): PackedArray | undefined {
  if (!values) return undefined
  const { type, shape, byte_order: byteOrder, compression, quantisation } = values
  return { kind: 'packed-array', bytes, type, shape, byteOrder, compression, quantisation }
}

/** A parsed binary message of `/ws/live`. */
export interface LiveFrameMessage {
  readonly header: LiveFrameHeader
  /** A view into the message. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Parses a binary message of `/ws/live`.
 * @throws Error when it is not a picture with a valid header
 */
export function readLiveFrame(message: ArrayBuffer): LiveFrameMessage {
  const { header: parsed, json, image } = decodeImgMessage(new Uint8Array(message))
  const header = mayRound(json) ? withExact(parsed, Object(parseExact(json))) : parsed
  if (!isFrameHeader(header)) throw new Error('message: the header of a picture lacks a field, or it has another type')
  return { header, bytes: new Uint8Array(message, image.byteOffset, image.byteLength) }
}

/** The header with what detectors sent to the digit; what the server says is numbers, however large. */
function withExact(header: object, { annotations, metadata }: Partial<LiveFrameHeader>): object {
  return { ...header, ...(annotations && { annotations }), ...(metadata && { metadata }) }
}

/** Checks the fields that the SDK relies on. Annotations and metadata come from detectors and are left to the user. */
function isFrameHeader(header: object): header is LiveFrameHeader {
  const fields: Partial<Record<keyof LiveFrameHeader, unknown>> = header
  const numbers = [fields.n, fields.sequence, fields.received_at, fields.width, fields.height]
  const texts = [fields.label, fields.key, fields.id, fields.media_type]
  return numbers.every(Number.isFinite) && texts.every((text) => typeof text === 'string')
}
