import type { Block } from './camera.ts'
import { type Colour, css, fill, stroke } from './draw.ts'
import type { Context, Point } from './scene.ts'
import { CAMERA } from './site-view.ts'

const CONCRETE: Colour = [202, 194, 184]
const RUST: Colour = [142, 92, 70]
const RAIL: Colour = [232, 180, 60]

/** Metres. */
const STOREY = 3.15
const SLAB = 0.32
const COLUMNS_X = [-16.2, -12, -7.8, -3.6] as const
const COLUMNS_Z = [38, 33.5, 29] as const
const MIDDLE_X = -9.9
const MIDDLE_Z = 33.5
const WIDTH_X = 13.4
const DEPTH_Z = 9.8

/** Draws the building under construction: concrete columns and floors, with scaffolding in front. */
export function paintFrame(context: Context): void {
  CAMERA.shadow(
    context,
    { at: [MIDDLE_X, 0, MIDDLE_Z], width: WIDTH_X, height: STOREY * 2 + SLAB, depth: DEPTH_Z },
    0.3,
  )
  // A floor below eye level hides what stands below it; one above is hidden by its columns.
  columns(context, 0)
  walls(context)
  slab(context, 1)
  columns(context, 2, STOREY * 0.72)
  slab(context, 2)
  columns(context, 1)
  bars(context)
  rails(context)
  scaffold(context)
}

function columns(context: Context, storey: number, height = STOREY - SLAB): void {
  for (const z of COLUMNS_Z)
    for (const x of COLUMNS_X)
      CAMERA.block(context, { at: [x, storey * STOREY, z], width: 0.42, height, depth: 0.42 }, CONCRETE)
}

function slab(context: Context, floor: number): void {
  const block: Block = {
    at: [MIDDLE_X, floor * STOREY - SLAB, MIDDLE_Z],
    width: WIDTH_X,
    height: SLAB,
    depth: DEPTH_Z,
  }
  CAMERA.block(context, block, CONCRETE)
}

function walls(context: Context): void {
  const wall = (x: number, width: number, height: number) =>
    CAMERA.block(context, { at: [x, 0, 29.1], width, height, depth: 0.22 }, [186, 104, 78])
  wall(-14.1, 3.7, 2.1)
  wall(-9.9, 3.7, 1.3)
  CAMERA.block(context, { at: [-5.7, 0, 37.8], width: 3.7, height: 2.7, depth: 0.22 }, [170, 98, 76])
}

/** Draws the reinforcement bars of the next columns. */
function bars(context: Context): void {
  const top = STOREY * 2.72
  for (const z of COLUMNS_Z)
    for (const x of COLUMNS_X)
      for (const offset of [-0.13, 0, 0.13]) {
        const line: Point[] = [CAMERA.project([x + offset, top, z]), CAMERA.project([x + offset, top + 0.9, z])]
        stroke(context, line, css(CAMERA.hazed(RUST, z)), 1)
      }
}

function rails(context: Context): void {
  for (const up of [0.55, 1.05]) {
    const line: Point[] = [
      CAMERA.project([MIDDLE_X - WIDTH_X / 2, STOREY * 2 + up, MIDDLE_Z - DEPTH_Z / 2]),
      CAMERA.project([MIDDLE_X + WIDTH_X / 2, STOREY * 2 + up, MIDDLE_Z - DEPTH_Z / 2]),
      CAMERA.project([MIDDLE_X + WIDTH_X / 2, STOREY * 2 + up, MIDDLE_Z + DEPTH_Z / 2]),
    ]
    stroke(context, line, css(CAMERA.hazed(RAIL, 29)), 1.2)
  }
}

/** Draws the scaffolding: steel tubes, planks, and a net over part of it. */
function scaffold(context: Context): void {
  const z = 27.6
  const xs = [-16.4, -13.9, -11.4, -8.9]
  const top = STOREY * 2 + 1.2
  const [left, right] = [-16.4, -8.9]
  const net: Point[] = [
    CAMERA.project([left, top, z]),
    CAMERA.project([-11.4, top, z]),
    CAMERA.project([-11.4, 2.2, z]),
    CAMERA.project([left, 2.2, z]),
  ]
  fill(context, net, 'rgba(64,148,118,0.42)')
  for (let i = 1; i < 8; i++) {
    const y = 2.2 + ((top - 2.2) * i) / 8
    stroke(context, [CAMERA.project([left, y, z]), CAMERA.project([-11.4, y, z])], 'rgba(230,250,236,0.13)', 1)
  }
  const tube = css(CAMERA.hazed([126, 128, 132], z))
  for (const x of xs) stroke(context, [CAMERA.project([x, 0, z]), CAMERA.project([x, top, z])], tube, 1.7)
  for (const y of [2.1, 4.2, 6.3]) {
    CAMERA.block(
      context,
      { at: [(left + right) / 2, y - 0.1, z + 0.5], width: right - left, height: 0.1, depth: 0.9 },
      [186, 140, 88],
    )
    for (const up of [0.55, 1.05])
      stroke(context, [CAMERA.project([left, y + up, z]), CAMERA.project([right, y + up, z])], tube, 1.1)
  }
  for (const [i, x] of xs.slice(0, -1).entries()) {
    const [from, to] = i % 2 ? [0.1, 2.1] : [2.1, 0.1]
    stroke(context, [CAMERA.project([x, from, z]), CAMERA.project([x + 2.5, to, z])], tube, 1)
    stroke(context, [CAMERA.project([x, from + 2.1, z]), CAMERA.project([x + 2.5, to + 2.1, z])], tube, 1)
  }
}
