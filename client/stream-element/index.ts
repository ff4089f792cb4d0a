/*
 * The custom element `<belvedere-stream>`, served as `/static/js/belvedere-stream.js`. See docs/embed.md.
 */

import { BelvedereStream } from './belvedere-stream.ts'

export { BelvedereStream, type FrameDetail, type StateChangeDetail } from './belvedere-stream.ts'
export type { StreamElementState } from './stream-status.ts'

declare global {
  interface HTMLElementTagNameMap {
    'belvedere-stream': BelvedereStream
  }
}

// A page may load this script from two servers.
if (!customElements.get('belvedere-stream')) customElements.define('belvedere-stream', BelvedereStream)
