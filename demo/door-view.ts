import { Camera } from './camera.ts'
import { blend, type Colour } from './draw.ts'

/** How the door bell looks out into the evening; the lamp is above it. */
export const CAMERA = new Camera({
  horizon: 172,
  centre: 322,
  focal: 380,
  height: 1.45,
  light: [0.1, 0.62, -0.78],
  haze: [66, 60, 98],
  hazeDistance: 34,
})

/** Metres from the door to the posts of its porch and to the hedge. */
export const POSTS = 4.5
export const HEDGE = 10.4

const DUSK: Colour = [44, 44, 80]

/** A colour as it looks so far from the lamp at the door (metres): warm and bright near, bluish and dark far. */
export function byLamp(colour: Colour, z: number): Colour {
  const lamp = Math.min(1.15, 3 / z)
  const warm: Colour = [colour[0] * 1.08, colour[1] * 0.94, colour[2] * 0.8]
  return blend(blend(colour, DUSK, 0.72), warm, Math.min(lamp, 1))
}
