import { type Orientation, turnedSize, turning } from '../../src/core/orientation.ts'
import { withoutExif } from '../../src/wire/exif.ts'
import { sniff } from '../../src/wire/image-header.ts'

/**
 * Decodes a picture and turns it upright. Not left to the browser: Chromium does not turn WebPs, and presents any bitmap
 * unturned where a canvas takes it as it is (`transferFromImageBitmap`).
 * @param orientation of the picture (`orientationOf`)
 * @throws DOMException if the browser cannot decode it
 */
export async function uprightBitmap(blob: Blob, orientation: Orientation): Promise<ImageBitmap> {
  if (orientation === 1) return createImageBitmap(blob)
  const stored = await createImageBitmap(await unturned(blob))
  const { width, height } = turnedSize(stored, orientation)
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  context?.setTransform(...turning(stored, orientation))
  context?.drawImage(stored, 0, 0)
  stored.close()
  return canvas.transferToImageBitmap()
}

/** The picture without its EXIF, so that no browser turns it. */
async function unturned(blob: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const mediaType = sniff(bytes)
  return mediaType ? new Blob([...withoutExif(bytes, mediaType)], { type: mediaType }) : blob
}
