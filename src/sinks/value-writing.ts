import type { ArrayPiece, PieceFormat } from '../core/array-piece.ts'
import type { EventLoopTurns } from '../core/event-loop-turns.ts'
import type { Hub } from '../core/hub.ts'
import { type ArrayPayload, elementsOf, type PackedArray } from '../core/payload.ts'
import { authorize, type Principal } from '../core/principal.ts'
import type { StreamName } from '../core/stream-name.ts'
import { piecesOf, wholeOf, writePiece } from '../wire/array-pieces.ts'
import { orRefuse, packedArrayOf } from '../wire/array-values.ts'

/** So few values are written here, in less than a millisecond; more of them in a thread. */
const FEW_VALUES = 2048
/** What writing them takes, in ms: by itself, and for each value. */
const WRITE_MS = 0.02
const WRITE_MS_PER_VALUE = 0.0005
/** How many values a thread writes as text at a time, so that pictures do not wait for long. */
const PIECE_VALUES = 16_384
/** The most bytes that a value has in a text, with what is around it; long rows of brackets are rare. */
const TEXT_BYTES = 32

/** What writing values needs. */
export interface ValueWritingParts {
  readonly hub: Hub
  /** In which few values are written. */
  readonly turns: EventLoopTurns
}

/** For whom values of which stream are written. */
export interface ValueReader {
  readonly principal: Principal
  /** Who exactly, as in `quotaClientOf`: clients take turns. */
  readonly client: string
  readonly stream: StreamName
  /** Aborted when the client has disconnected. */
  readonly signal: AbortSignal
}

/** Writes the values of a stream's arrays for somebody, for as long as they may view it. */
export class ValueWriting {
  readonly #parts: ValueWritingParts
  readonly #reader: ValueReader

  constructor(parts: ValueWritingParts, reader: ValueReader) {
    this.#parts = parts
    this.#reader = reader
  }

  /**
   * An array that is not packed, in its sender's order of bytes.
   * @throws Refusal those of `HubValues.written`
   */
  async unpacked(array: ArrayPayload): Promise<PackedArray> {
    const packed = packedArrayOf(array)
    const whole = wholeOf(packed)
    const bytes =
      packed.compression === 'none' ? orRefuse(() => writePiece(whole, 'bytes')) : await this.#write(whole, 'bytes')
    return { ...packed, bytes, compression: 'none' }
  }

  /**
   * An array as text, piece by piece as they are taken.
   * @param array as `unpacked` gives it
   * @throws Refusal those of `HubValues.written`
   */
  async *text(array: PackedArray, format: 'json' | 'csv'): AsyncGenerator<Uint8Array> {
    for (const piece of piecesOf(array, PIECE_VALUES)) yield await this.#write(piece, format)
  }

  async #write(piece: ArrayPiece, format: PieceFormat): Promise<Uint8Array> {
    const { hub, turns } = this.#parts
    const { principal, client, stream, signal } = this.#reader
    const count = elementsOf(piece.array.shape)
    if (count > FEW_VALUES) return hub.values.written(principal, stream, { piece, format }, signal, client)
    // An answer may have a hundred such channels, and hundreds may have waited for the same pulse.
    await turns.turnFor(client, WRITE_MS + count * WRITE_MS_PER_VALUE)
    authorize(principal, 'view', stream)
    return orRefuse(() => writePiece(piece, format))
  }
}

/** The memory that the text takes which is written of an array at a time, in bytes: an upper bound. */
export function textBytesOf(array: ArrayPayload): number {
  return TEXT_BYTES * Math.min(PIECE_VALUES, elementsOf(array.shape))
}
