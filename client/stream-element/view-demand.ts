import type { Size } from '../../src/core/payload.ts'
import { MAX_WIDTH } from '../../src/wire/live-request.ts'
import { frameRateFor } from '../view/frame-rate.ts'
import type { CanvasSize } from '../view/picture-canvas.ts'
import type { WatchLimits } from '../watch.ts'

/**
 * What a view can use.
 * @param view in device pixels
 * @param picture the size of the stream's pictures, if known: one that covers a high view is wider than that
 */
export function demandOf(view: CanvasSize, fit: 'contain' | 'cover', picture: Size | undefined): WatchLimits {
  const covering = fit === 'cover' && picture ? (view.height * picture.width) / picture.height : 0
  const width = Math.min(MAX_WIDTH, Math.max(1, Math.round(Math.max(view.width, covering))))
  return { maxFps: frameRateFor(view.width / view.scale), width }
}
