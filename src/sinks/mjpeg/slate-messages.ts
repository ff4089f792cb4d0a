import type { Size } from '../../core/payload.ts'

/** A slate to be drawn. */
export interface SlateOrder extends Size {
  readonly text: string
  /** The last picture, a JPEG, which is greyed; without it the slate is plain. */
  readonly picture?: Uint8Array | undefined
}

/** To the slate thread: a slate to draw, or that it is not needed any more. */
export type SlateRequest =
  | { readonly kind: 'draw'; readonly number: number; readonly order: SlateOrder }
  | { readonly kind: 'end' }

/** From the slate thread. */
export type SlateAnswer =
  | { readonly number: number; readonly jpeg: Uint8Array<ArrayBuffer> }
  | { readonly number: number; readonly reason: string }
