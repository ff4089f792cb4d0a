/** A selectable camera: `front` or `back` of a phone, or a device id. */
export interface CameraChoice {
  readonly id: string
  /** Empty until the browser reveals it (after permission). */
  readonly name: string
}

/** The two sides of a phone, which users know better than camera names. */
export const FRONT = 'front'
export const BACK = 'back'

/**
 * The constraints for `getUserMedia`.
 * @param camera a choice's id; undefined: any
 * @param size the ideal length of the longer side, in pixels; the browser picks the nearest mode of the camera
 */
export function constraintsFor(camera: string | undefined, size: number): MediaTrackConstraints {
  // The rate of the preview; the publishing rate is reduced by the frame pacer.
  const wanted = { width: { ideal: size }, frameRate: { ideal: 30 } }
  if (camera === undefined) return wanted
  if (camera === FRONT) return { ...wanted, facingMode: { ideal: 'user' } }
  if (camera === BACK) return { ...wanted, facingMode: { ideal: 'environment' } }
  return { ...wanted, deviceId: { exact: camera } }
}

/** Scales a size down so that its longer side is at most `longest` pixels. Never scales up. */
export function fitSize(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height, 1))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
