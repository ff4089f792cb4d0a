import { blend, type Colour, css, fill, hull, lit } from './draw.ts'
import type { Context, Point } from './scene.ts'

/** A point in a scene, in metres: to the right, up from the ground, away from the camera. */
export type Place = readonly [x: number, y: number, z: number]

/** An upright block (a cuboid); dimensions in metres. */
export interface Block {
  /** Centre of its bottom face. */
  readonly at: Place
  readonly width: number
  readonly height: number
  readonly depth: number
  /** Rotation to the left, seen from above; radians. */
  readonly yaw?: number
}

/** Position and perspective of a camera, and the light in its scene. */
export interface View {
  /** Picture row of the horizon. */
  readonly horizon: number
  /** Picture column straight ahead. */
  readonly centre: number
  /** Focal length in pixels: the size of a metre at a distance of one metre. */
  readonly focal: number
  /** Height of the camera above the ground, metres. */
  readonly height: number
  /** Direction towards the light: a vector of length 1. */
  readonly light: Place
  /** The colour that distant things fade into. */
  readonly haze: Colour
  /** The distance in metres at which they have faded by two thirds. */
  readonly hazeDistance: number
}

/** Perspective camera: draws points and blocks of a scene. */
export class Camera {
  readonly #view: View

  constructor(view: View) {
    this.#view = view
  }

  /** Projects a point into the picture. */
  project([x, y, z]: Place): Point {
    const { centre, horizon, focal, height } = this.#view
    return [centre + (focal * x) / z, horizon + (focal * (height - y)) / z]
  }

  /** The size of a metre in pixels, at a distance in metres. */
  scale(z: number): number {
    return this.#view.focal / z
  }

  /** Where the shadow of a point falls on the ground. */
  shadowOf([x, y, z]: Place): Place {
    const [lightX, lightY, lightZ] = this.#view.light
    return [x - (y * lightX) / lightY, 0, z - (y * lightZ) / lightY]
  }

  /** A colour as seen through haze, at a distance in metres. */
  hazed(colour: Colour, z: number): Colour {
    return blend(colour, this.#view.haze, 1 - Math.exp(-z / this.#view.hazeDistance))
  }

  /** Draws a block; each face is shaded by its angle to the light. */
  block(context: Context, block: Block, colour: Colour): void {
    const far = this.hazed(colour, block.at[2])
    for (const { corners, normal } of facesOf(block)) {
      const points = corners.map((corner) => this.project(corner))
      if (!facesUs(points)) continue
      const style = css(lit(far, this.#brightness(normal)))
      fill(context, points, style)
      // Adjacent fills leave a hairline; a stroke of the same colour closes it.
      context.strokeStyle = style
      context.lineWidth = 0.6
      context.stroke()
    }
  }

  /** The outline of a block in the picture. */
  outline(block: Block): Point[] {
    return hull(cornersOf(block).map((corner) => this.project(corner)))
  }

  /** Draws the shadow that a block casts on the ground. */
  shadow(context: Context, block: Block, alpha: number): void {
    const points = cornersOf(block).map((corner) => this.project(this.shadowOf(corner)))
    fill(context, hull(points), css(SHADOW, alpha))
  }

  #brightness([x, y, z]: Place): number {
    const [lightX, lightY, lightZ] = this.#view.light
    return 0.56 + 0.62 * Math.max(x * lightX + y * lightY + z * lightZ, 0)
  }
}

/** Colour of shadows outdoors: not black, since the sky lights them. */
export const SHADOW: Colour = [34, 27, 40]

interface Face {
  readonly corners: readonly Place[]
  readonly normal: Place
}

/** The lower four corners, then the upper four, each counter-clockwise from above, starting at the near left. */
function cornersOf({ at: [x, y, z], width, height, depth, yaw = 0 }: Block): Place[] {
  const turn = ([right, away]: Point, up: number): Place => [
    x + right * Math.cos(yaw) - away * Math.sin(yaw),
    up,
    z + right * Math.sin(yaw) + away * Math.cos(yaw),
  ]
  const [w, d] = [width / 2, depth / 2]
  const base: readonly Point[] = [
    [-w, -d],
    [w, -d],
    [w, d],
    [-w, d],
  ]
  return [...base.map((corner) => turn(corner, y)), ...base.map((corner) => turn(corner, y + height))]
}

function facesOf(block: Block): Face[] {
  const corners = cornersOf(block)
  const { yaw = 0 } = block
  const side = (angle: number): Place => [Math.cos(yaw + angle), 0, Math.sin(yaw + angle)]
  const face = (normal: Place, ...numbers: number[]): Face => ({
    corners: numbers.flatMap((number) => {
      const corner = corners[number]
      return corner ? [corner] : []
    }),
    normal,
  })
  return [
    face(side(-Math.PI / 2), 0, 4, 5, 1),
    face(side(0), 1, 5, 6, 2),
    face(side(Math.PI / 2), 2, 6, 7, 3),
    face(side(Math.PI), 3, 7, 4, 0),
    face([0, 1, 0], 4, 7, 6, 5),
    face([0, -1, 0], 0, 1, 2, 3),
  ]
}

/** Whether a polygon runs clockwise on the screen. */
function facesUs(points: readonly Point[]): boolean {
  let area = 0
  points.forEach(([x, y], i) => {
    const [nextX, nextY] = points[(i + 1) % points.length] ?? [x, y]
    area += x * nextY - nextX * y
  })
  return area > 0
}
