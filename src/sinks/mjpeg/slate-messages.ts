import type { Size } from '../../core/payload.ts'

/** A slate to be drawn. */
export interface SlateOrder extends Size {
  readonly text: string
  /** The last picture, a JPEG, which is greyed; without it the slate is plain. */
  readonly picture?: Uint8Array | undefined
}

/** To the slate thread: a slate to draw, once it has answered the one before; or that it is not needed any more. */
export type SlateRequest = { readonly kind: 'draw'; readonly order: SlateOrder } | { readonly kind: 'end' }

/** From the slate thread. */
export type SlateAnswer = { readonly jpeg: Uint8Array<ArrayBuffer> } | { readonly reason: string }
