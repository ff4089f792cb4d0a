import { type AppliedColouring, levelsText } from '../../src/core/colouring.ts'
import { orientationOf } from '../../src/wire/exif.ts'
import { sniff } from '../../src/wire/image-header.ts'
import { fetchPicture } from '../access/fetch-json.ts'
import type { Picture } from '../live/worker-protocol.ts'

/**
 * Loads the original of a picture, which the page may have got smaller. The server keeps only the last few of each
 * stream (`streams.ring_frames`).
 * Of an instrument, whose streams start with the next pulse, it gives nobody one by its id.
 * @returns the picture with the bytes of the original; undefined if it cannot be had (any more)
 */
export async function originalOf(picture: Picture): Promise<Picture | undefined> {
  if (picture.isOriginal) return picture
  if (picture.pulse) return undefined
  const { width, height, stream, frameId, colouring } = picture
  const name = `${encodeURIComponent(stream.label)}/${encodeURIComponent(stream.key)}`
  const query = new URLSearchParams({ id: frameId, ...(colouring && coloursAs(colouring)) })
  const blob = await fetchPicture(`/streams/${name}/snapshot?${query}`).catch(() => undefined)
  if (!blob) return undefined
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const mediaType = sniff(bytes)
  // Renditions are upright.
  const orientation = mediaType === undefined ? 1 : orientationOf(bytes, mediaType)
  return { ...picture, blob, orientation, blobSize: { width, height }, isOriginal: true }
}

/** The query for the same colours; the levels of an image whose values are all the same are no range to ask for. */
function coloursAs({ colormap, levels, log }: AppliedColouring): Record<string, string> {
  const range = levelsText(levels.min < levels.max ? levels : 'auto')
  return { colormap, levels: range, log: String(log) }
}
