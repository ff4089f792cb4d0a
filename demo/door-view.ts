import { Camera } from './camera.ts'
import { blend, type Colour } from './draw.ts'

/** The doorbell's camera in the evening; the lamp is above it. */
export const CAMERA = new Camera({
  horizon: 172,
  centre: 322,
  focal: 380,
  height: 1.45,
  light: [0.1, 0.62, -0.78],
  haze: [66, 60, 98],
  hazeDistance: 34,
})

/** Distance from the door to the posts of its porch, metres. */
export const POSTS = 4.5
/** Distance from the door to the hedge, metres. */
export const HEDGE = 10.4

const DUSK: Colour = [44, 44, 80]

/**
 * A colour as lit by the lamp at the door, at a distance in metres: warm and bright nearby, bluish and dark far away.
 */
export function byLamp(colour: Colour, z: number): Colour {
  const lamp = Math.min(1.15, 3 / z)
  const warm: Colour = [colour[0] * 1.08, colour[1] * 0.94, colour[2] * 0.8]
  return blend(blend(colour, DUSK, 0.72), warm, Math.min(lamp, 1))
}
