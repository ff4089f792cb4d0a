/** Views narrower than this, in CSS pixels, are viewed among many others and get half the frame rate. */
const SMALL = 480

/** The frame rate that a view can use, per second. @param width CSS pixels */
export function frameRateFor(width: number): number {
  return width < SMALL ? 15 : 30
}
