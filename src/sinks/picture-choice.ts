import type { ImageFrame } from '../core/frame.ts'

/** Which pictures one message holds. */
export interface PictureChoice {
  readonly chosen: readonly ImageFrame[]
  /** Where the next message begins, if this one does not hold all. */
  readonly next: number
  /** How many did not fit into this one. */
  readonly missing: number
}

/**
 * Chooses the pictures of one message: all if they fit, else as many as do, beginning at `start`, so that all have their
 * turn. A picture that does not fit into any message is left out: to encode and write it would hold up everybody else.
 * @param frames in the order in which the message has them
 * @param maxBytes the largest sum of pictures in base64
 * @param tooLarge called for each picture that is left out
 */
export function choosePictures(
  frames: readonly ImageFrame[],
  start: number,
  maxBytes: number,
  tooLarge: () => void,
): PictureChoice {
  const taken = new Set<ImageFrame>()
  let bytes = 0
  let missing = 0
  let next = 0
  for (let i = 0; i < frames.length; i++) {
    const place = (start + i) % frames.length
    const frame = frames[place]
    if (!frame) break
    const length = base64Length(frame)
    if (length > maxBytes) {
      tooLarge()
    } else if (missing === 0 && bytes + length <= maxBytes) {
      bytes += length
      taken.add(frame)
    } else if (++missing === 1) {
      next = place
    }
  }
  return { chosen: frames.filter((each) => taken.has(each)), next, missing }
}

/** The length of a frame's picture in base64 (RFC 4648, section 4). */
function base64Length({ payload }: ImageFrame): number {
  return 4 * Math.ceil(payload.bytes.length / 3)
}
