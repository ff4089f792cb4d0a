/**
 * Decodes a picture to be given to a canvas as it is (`transferFromImageBitmap`). Chromium ignores there that a bitmap is
 * to be turned by its EXIF orientation, unlike in `drawImage`, so such a picture is drawn once.
 * @param needsTurning whether it has such an orientation
 * @throws DOMException if the browser cannot decode it
 */
export async function uprightBitmap(blob: Blob, needsTurning: boolean): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(blob)
  if (!needsTurning) return bitmap
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
  bitmap.close()
  return canvas.transferToImageBitmap()
}
