import { orientationOf } from '../../src/wire/exif.ts'
import { sniff } from '../../src/wire/image-header.ts'
import { fetchPicture } from '../access/fetch-json.ts'
import type { Picture } from '../live/worker-protocol.ts'

/**
 * Loads the original of a picture, which the page may have got smaller. The server keeps only the last few of each
 * stream (`streams.ring_frames`).
 * @returns the picture with the bytes of the original; undefined if it cannot be had (any more)
 */
export async function originalOf(picture: Picture): Promise<Picture | undefined> {
  if (picture.isOriginal) return picture
  const { width, height, stream, frameId } = picture
  const name = `${encodeURIComponent(stream.label)}/${encodeURIComponent(stream.key)}`
  const path = `/streams/${name}/snapshot?id=${encodeURIComponent(frameId)}`
  const blob = await fetchPicture(path).catch(() => undefined)
  if (!blob) return undefined
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const mediaType = sniff(bytes)
  // Renditions are upright.
  const needsTurning = mediaType !== undefined && orientationOf(bytes, mediaType) !== 1
  return { ...picture, blob, needsTurning, blobSize: { width, height }, isOriginal: true }
}
