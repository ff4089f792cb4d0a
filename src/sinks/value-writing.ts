import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ArrayPiece, PieceFormat } from '../core/array-piece.ts'
import type { Hub } from '../core/hub.ts'
import { type ArrayPayload, elementsOf, type PackedArray } from '../core/payload.ts'
import { authorize, type Principal } from '../core/principal.ts'
import type { StreamName } from '../core/stream-name.ts'
import { piecesOf, wholeOf, writePiece } from '../wire/array-pieces.ts'
import { orRefuse, packedArrayOf } from '../wire/array-values.ts'

/** So few values are written at once, in less than a millisecond; more of them in a thread. */
const FEW_VALUES = 2048
/** How many values a thread writes as text at a time, so that pictures do not wait for long. */
const PIECE_VALUES = 16_384
/** The most bytes that a value has in a text, with what is around it; long rows of brackets are rare. */
const TEXT_BYTES = 32

/** Writes the values of a stream's arrays for somebody, for as long as they may view it. */
export class ValueWriting {
  readonly #hub: Hub
  readonly #principal: Principal
  readonly #stream: StreamName
  readonly #signal: AbortSignal

  /** @param signal aborted when the client has disconnected */
  constructor(hub: Hub, principal: Principal, stream: StreamName, signal: AbortSignal) {
    this.#hub = hub
    this.#principal = principal
    this.#stream = stream
    this.#signal = signal
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
    if (elementsOf(piece.array.shape) > FEW_VALUES)
      return this.#hub.values.written(this.#principal, this.#stream, { piece, format }, this.#signal)
    // An answer may have a hundred such channels.
    await nextTurn()
    authorize(this.#principal, 'view', this.#stream)
    return orRefuse(() => writePiece(piece, format))
  }
}

/** The memory that the text takes which is written of an array at a time, in bytes: an upper bound. */
export function textBytesOf(array: ArrayPayload): number {
  return TEXT_BYTES * Math.min(PIECE_VALUES, elementsOf(array.shape))
}
