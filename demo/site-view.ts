import { Camera } from './camera.ts'
import type { Point } from './scene.ts'

/** How the site's camera hangs on its pole, in the light of a late afternoon. */
export const CAMERA = new Camera({
  horizon: 140,
  centre: 320,
  focal: 500,
  height: 4,
  light: [0.74, 0.5, -0.45],
  haze: [226, 205, 186],
  hazeDistance: 130,
})

/** A place on the ground in metres: to the right, away from the camera. */
export type Spot = readonly [x: number, z: number]

/** Where a spot on the ground appears. */
export function onGround([x, z]: Spot): Point {
  return CAMERA.project([x, 0, z])
}

/** Cones around the open trench, in the order of a walk around it. */
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

/** The utility pole, and how far people shall stay away from it. */
export const POLE: Spot = [9.1, 17.2]
export const POLE_HEIGHT = 7.6
export const POLE_CLEARANCE = 1.5

/** Whether a spot lies within a convex ring of spots. */
export function isWithin([x, z]: Spot, ring: readonly Spot[]): boolean {
  const sides = ring.map(([x1, z1], i) => {
    const [x2, z2] = ring[(i + 1) % ring.length] ?? [x1, z1]
    return Math.sign((x2 - x1) * (z - z1) - (z2 - z1) * (x - x1))
  })
  return sides.every((side) => side === sides[0])
}
