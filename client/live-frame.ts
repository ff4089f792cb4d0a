import type { Metadata } from '../src/core/frame.ts'
import type { ImageType } from '../src/core/payload.ts'
import type { StreamName } from '../src/core/stream-name.ts'
import { decodeImgMessage } from '../src/wire/img-message.ts'
import type { LiveFrameHeader } from '../src/wire/live-messages.ts'

/** A picture with its measurements. Never changes. */
export class LiveFrame {
  readonly stream: StreamName
  /** Rising within a stream: "<milliseconds>-<sequence>". */
  readonly id: string
  /** Counts the stream's frames. */
  readonly sequence: number
  /** ms since 1970 by the server's clock. */
  readonly receivedAt: number
  /** When it was taken: ms since 1970 by the source's clock, if it told. */
  readonly capturedAt: number | undefined
  /** Pixels of the original, to which coordinates refer unless the annotations name another size. */
  readonly width: number
  /** Pixels, as `width`. */
  readonly height: number
  readonly mediaType: ImageType
  /** What the detector drew, each field JSON where it sent JSON, else its text; undefined if it sent nothing. */
  readonly annotations: LiveFrameHeader['annotations']
  readonly metadata: Metadata | undefined
  /** The encoded picture: a view into the message, valid as long as it is kept. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /**
   * How many frames of this stream were not sent to this client since the one before. 0 for the first of a connection,
   * and when the count began anew since the server was restarted.
   */
  readonly skipped: number

  constructor(header: LiveFrameHeader, bytes: Uint8Array<ArrayBuffer>, skipped: number) {
    this.stream = { label: header.label, key: header.key }
    this.id = header.id
    this.sequence = header.sequence
    this.receivedAt = header.received_at
    this.capturedAt = header.captured_at
    this.width = header.width
    this.height = header.height
    this.mediaType = header.media_type
    this.annotations = header.annotations
    this.metadata = header.metadata
    this.bytes = bytes
    this.skipped = skipped
  }

  /** The picture as `createImageBitmap` and `URL.createObjectURL` take it. A copy. */
  get blob(): Blob {
    return new Blob([this.bytes], { type: this.mediaType })
  }
}

/** A binary message of `/ws/live` taken apart. */
export interface LiveFrameMessage {
  readonly header: LiveFrameHeader
  /** A view into the message. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * Takes a binary message apart.
 * @throws Error with a sentence when it is not a picture with its header
 */
export function readLiveFrame(message: ArrayBuffer): LiveFrameMessage {
  const { header, image } = decodeImgMessage(new Uint8Array(message))
  if (!isFrameHeader(header)) throw new Error('message: the header of a picture lacks a field, or it has another type')
  return { header, bytes: new Uint8Array(message, image.byteOffset, image.byteLength) }
}

/** What the rest relies on. What detectors send (annotations, metadata) is for those to judge who use it. */
function isFrameHeader(header: object): header is LiveFrameHeader {
  const fields: Partial<Record<keyof LiveFrameHeader, unknown>> = header
  const numbers = [fields.n, fields.sequence, fields.received_at, fields.width, fields.height]
  const texts = [fields.label, fields.key, fields.id, fields.media_type]
  return numbers.every(Number.isFinite) && texts.every((text) => typeof text === 'string')
}
