import type { Size } from '../../src/core/payload.ts'
import { MAX_WIDTH } from '../../src/wire/live-request.ts'

/**
 * The width at which a picture is shown in a view, which is all of it that can be seen: 1 to `MAX_WIDTH` pixels.
 * @param view in device pixels
 * @param fit as in CSS `object-fit`
 * @param picture the size of the stream's originals, of which only the shape counts; undefined: not known yet
 */
export function neededWidth(view: Size, fit: 'contain' | 'cover', picture: Size | undefined): number {
  const atFullHeight = picture ? (view.height * picture.width) / picture.height : view.width
  const width = fit === 'cover' ? Math.max(view.width, atFullHeight) : Math.min(view.width, atFullHeight)
  return Math.min(MAX_WIDTH, Math.max(1, Math.ceil(width)))
}
