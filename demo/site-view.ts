import { Camera } from './camera.ts'
import type { Point } from './scene.ts'

/** The site's camera on its pole, in late afternoon light. */
export const CAMERA = new Camera({
  horizon: 140,
  centre: 320,
  focal: 500,
  height: 4,
  light: [0.74, 0.5, -0.45],
  haze: [226, 205, 186],
  hazeDistance: 130,
})

/** A point on the ground in metres: to the right, away from the camera. */
export type Spot = readonly [x: number, z: number]

/** Projects a point on the ground into the picture. */
export function onGround([x, z]: Spot): Point {
  return CAMERA.project([x, 0, z])
}

/** The cones around the open trench, in order. */
export const CONES: readonly Spot[] = [
  [-3.5, 14.6],
  [-1.2, 14.1],
  [1.3, 14.5],
  [2.2, 16.6],
  [1.6, 18.8],
  [-1, 19.2],
  [-3.6, 18.7],
  [-4.2, 16.6],
]

/** Metres. */
export const CONE_HEIGHT = 0.75

/** The utility pole, and the safety distance around it. */
export const POLE: Spot = [9.1, 17.2]
/** Height of the pole, metres. */
export const POLE_HEIGHT = 7.6
/** Safety distance around the pole, metres. */
export const POLE_CLEARANCE = 1.5

/** Whether a spot lies within a convex polygon of spots. */
export function isWithin([x, z]: Spot, ring: readonly Spot[]): boolean {
  const sides = ring.map(([x1, z1], i) => {
    const [x2, z2] = ring[(i + 1) % ring.length] ?? [x1, z1]
    return Math.sign((x2 - x1) * (z - z1) - (z2 - z1) * (x - x1))
  })
  return sides.every((side) => side === sides[0])
}
