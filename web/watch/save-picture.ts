import { drawOverlay } from '../../client/overlay/draw-overlay.ts'
import { shapesOf } from '../../client/overlay/shapes.ts'
import type { Picture } from '../live/worker-protocol.ts'
import { fileName } from './file-name.ts'
import type { Look } from './picture-view.ts'

/** Downloads the original picture, byte for byte. */
export function savePicture(picture: Picture): void {
  download(picture.blob, fileName(picture, picture.blob.type))
}

/** Downloads a picture with its overlay, in its original size. @throws DOMException if it cannot be decoded */
export async function saveWithOverlay(picture: Picture, look: Look): Promise<void> {
  const bitmap = await createImageBitmap(picture.blob)
  const { width, height } = bitmap
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser draws on no canvas')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const overlay = shapesOf(picture.annotations, picture, look.classNames)
  // Lines and text as large as on a display of about 1000 CSS pixels.
  const scale = Math.max(1, Math.max(width, height) / 1000)
  const { choice, nameOf } = look
  drawOverlay(context, overlay, { x: 0, y: 0, width, height }, { choice, scale, labels: 'full', nameOf })
  const type = picture.blob.type === 'image/jpeg' ? 'image/jpeg' : 'image/png'
  download(await canvas.convertToBlob({ type, quality: 0.95 }), fileName(picture, type, '_overlay'))
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
