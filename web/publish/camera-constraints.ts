/** A camera to choose: `front` or `back` of a phone, or a device's id. */
export interface CameraChoice {
  readonly id: string
  /** Empty as long as the browser does not tell. */
  readonly name: string
}

/** The two sides of a phone, which users know better than the names of its cameras. */
export const FRONT = 'front'
export const BACK = 'back'

/**
 * What to ask the browser for.
 * @param camera a choice's id, undefined: any
 * @param size of the longer side, in pixels: the browser chooses what the camera has that comes near
 */
export function constraintsFor(camera: string | undefined, size: number): MediaTrackConstraints {
  // The rate is for the preview; of these pictures those are sent that the user wants.
  const wanted = { width: { ideal: size }, frameRate: { ideal: 30 } }
  if (camera === undefined) return wanted
  if (camera === FRONT) return { ...wanted, facingMode: { ideal: 'user' } }
  if (camera === BACK) return { ...wanted, facingMode: { ideal: 'environment' } }
  return { ...wanted, deviceId: { exact: camera } }
}

/** The size of a picture whose longer side is at most `longest` pixels. It never grows. */
export function fitSize(width: number, height: number, longest: number): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height, 1))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
