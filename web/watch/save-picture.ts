import { drawOverlay } from '../../client/overlay/draw-overlay.ts'
import { shapesOf } from '../../client/overlay/shapes.ts'
import { uprightBitmap } from '../../client/view/upright-bitmap.ts'
import { STAGE_COLOUR } from '../../src/core/stage-colour.ts'
import type { Picture } from '../live/worker-protocol.ts'
import { fileName } from './file-name.ts'
import { originalOf } from './original-picture.ts'
import type { Look } from './picture-view.ts'

/**
 * Downloads the original of a picture, byte for byte, or the picture as it is shown if the original cannot be had.
 * @returns what was saved
 */
export async function savePicture(picture: Picture): Promise<Picture> {
  const saved = (await originalOf(picture)) ?? picture
  download(saved.blob, fileName(saved, saved.blob.type))
  return saved
}

/**
 * Downloads a picture with its overlay, in its original size if the original can be had.
 * @returns the picture that was drawn on
 * @throws DOMException if it cannot be decoded
 */
export async function saveWithOverlay(shown: Picture, look: Look): Promise<Picture> {
  const picture = (await originalOf(shown)) ?? shown
  const bitmap = await uprightBitmap(picture.blob, picture.orientation)
  const { width, height } = bitmap
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser draws on no canvas')
  context.fillStyle = STAGE_COLOUR
  context.fillRect(0, 0, width, height)
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const overlay = shapesOf(picture.annotations, picture, look.classNames)
  // Lines and text as large as on a display of about 1000 CSS pixels.
  const scale = Math.max(1, Math.max(width, height) / 1000)
  const { choice, nameOf } = look
  drawOverlay(context, overlay, { x: 0, y: 0, width, height }, { choice, scale, labels: 'full', nameOf })
  const type = picture.blob.type === 'image/jpeg' ? 'image/jpeg' : 'image/png'
  download(await canvas.convertToBlob({ type, quality: 0.95 }), fileName(picture, type, '_overlay'))
  return picture
}

/** When to revoke the object URL: the time the browser has to start the download, ms. */
const RELEASE_MS = 60_000

function download(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_MS)
}
