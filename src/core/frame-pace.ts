/**
 * When a frame is due by a limit of the frame rate: ms since 1970; 0: now. One frame of each time slot is due, so equal
 * limits pick equal frames, even if the clock is set back. A frame in the same slot as the last one is due only after a
 * whole period without a newer one, so that the last picture before a pause is still shown.
 * @param receivedAt of the frame, ms since 1970
 * @param lastAt when the last frame that was taken had been received; undefined: there was none
 * @param maxFps frames a second; undefined: no limit
 */
export function frameDueAt(receivedAt: number, lastAt: number | undefined, maxFps: number | undefined): number {
  if (maxFps === undefined || lastAt === undefined) return 0
  if (Math.floor((receivedAt * maxFps) / 1000) !== Math.floor((lastAt * maxFps) / 1000)) return 0
  return receivedAt + 1000 / maxFps
}
