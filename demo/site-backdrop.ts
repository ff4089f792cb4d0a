import { type Block, SHADOW } from './camera.ts'
import { blend, type Colour, css, fill, glow, lit, oval, stroke, vertical } from './draw.ts'
import { random } from './noise.ts'
import type { Context, Point } from './scene.ts'
import { paintFrame } from './site-frame.ts'
import { CAMERA, onGround, type Spot } from './site-view.ts'
import { HEIGHT, WIDTH } from './thread-messages.ts'

const EARTH: Colour = [176, 138, 102]

/** Draws everything on the site that does not move. */
export function paintSite(context: Context, seed: number): void {
  sky(context, seed)
  skyline(context, seed)
  ground(context, seed)
  hoarding(context)
  container(context)
  paintFrame(context)
  trench(context)
  pallets(context)
  pickup(context)
}

/** Outline of the parked pickup. */
export function pickupOutline(): Point[] {
  return PICKUP.flatMap(({ block }) => CAMERA.outline(block))
}

function sky(context: Context, seed: number): void {
  context.fillStyle = vertical(context, 0, 160, [
    [0, '#6f9fc8'],
    [0.45, '#a9c3d3'],
    [0.8, '#ecd8bd'],
    [1, '#f6d3a6'],
  ])
  context.fillRect(0, 0, WIDTH, HEIGHT)
  glow(context, [640, 96], 380, [255, 226, 168], 0.75)
  for (let cloud = 0; cloud < 9; cloud++) {
    const [x, y] = [random(seed, cloud, 1) * 700 - 30, 20 + random(seed, cloud, 2) * 80]
    const size = 26 + 44 * random(seed, cloud, 3)
    for (let puff = 0; puff < 7; puff++) {
      const at: Point = [
        x + (random(seed, cloud, puff, 4) - 0.5) * size * 2.6,
        y + (random(seed, cloud, puff, 5) - 0.5) * 6,
      ]
      context.save()
      context.translate(at[0], at[1])
      context.scale(1, 0.2)
      glow(context, [0, 0], size * (0.5 + 0.6 * random(seed, cloud, puff, 6)), [255, 246, 232], 0.3)
      context.restore()
    }
  }
}

/** Draws the skyline in the background, in three layers, each paler than the one in front of it. */
function skyline(context: Context, seed: number): void {
  const layers: readonly { colour: Colour; least: number; most: number; width: number }[] = [
    { colour: [196, 190, 190], least: 18, most: 66, width: 30 },
    { colour: [176, 168, 168], least: 10, most: 42, width: 36 },
    { colour: [156, 146, 140], least: 5, most: 24, width: 46 },
  ]
  layers.forEach(({ colour, least, most, width }, layer) => {
    for (let x = -20, house = 0; x < WIDTH; house++) {
      const across = width * (0.5 + random(seed, layer, house, 8))
      const top = 152 - least - (most - least) * random(seed, layer, house, 9) ** 2
      context.fillStyle = vertical(context, top, 156, [
        [0, css(colour)],
        [1, css(blend(colour, [240, 212, 182], 0.62))],
      ])
      context.fillRect(x, top, across + 0.5, 160 - top)
      context.fillStyle = 'rgba(255,236,200,0.2)'
      context.fillRect(x + across - 3, top, 3, 160 - top)
      x += across
    }
  })
}

function ground(context: Context, seed: number): void {
  context.fillStyle = vertical(context, 140, HEIGHT, [
    [0, '#dcc0a0'],
    [0.14, '#cfab84'],
    [0.5, '#b58c65'],
    [1, '#8b6546'],
  ])
  context.fillRect(0, 152, WIDTH, HEIGHT - 152)
  const light = context.createLinearGradient(0, 0, WIDTH, 0)
  light.addColorStop(0, 'rgba(60,36,40,0.22)')
  light.addColorStop(0.6, 'rgba(60,36,40,0)')
  light.addColorStop(1, 'rgba(255,214,150,0.24)')
  context.fillStyle = light
  context.fillRect(0, 152, WIDTH, HEIGHT - 152)
  for (let patch = 0; patch < 130; patch++) {
    const z = 9 + 40 * random(seed, patch, 1) ** 1.6
    const spot: Spot = [(random(seed, patch, 2) - 0.5) * z * 1.5, z]
    const size = CAMERA.scale(z) * (0.5 + 1.6 * random(seed, patch, 3))
    const dark = random(seed, patch, 4) > 0.5
    oval(context, onGround(spot), [size, size * 0.11], dark ? 'rgba(82,52,34,0.075)' : 'rgba(255,228,188,0.07)')
  }
  for (const [offset, bend] of [
    [-1.05, 0],
    [1.05, 0],
    [-0.4, 1],
    [1.6, 1],
  ] as const)
    tyreTrack(context, offset, bend)
  for (let stone = 0; stone < 90; stone++) {
    const z = 9.5 + 16 * random(seed, stone, 5)
    const [x, y] = onGround([(random(seed, stone, 6) - 0.5) * z * 1.4, z])
    const size = CAMERA.scale(z) * (0.02 + 0.045 * random(seed, stone, 7))
    oval(context, [x - size, y + size * 0.3], [size * 1.5, size * 0.5], css(SHADOW, 0.18))
    oval(context, [x, y], [size, size * 0.7], css(lit(EARTH, 0.72 + 0.5 * random(seed, stone, 8)), 0.8))
  }
}

/** Two tracks: one along the excavator's path, and one from there to the lower right corner. */
function tyreTrack(context: Context, offset: number, bend: number): void {
  const points: Point[] = []
  for (let i = 0; i <= 24; i++) {
    const t = i / 24
    points.push(onGround(bend === 0 ? [-2 + 26 * t, 23 + offset] : [8.6 - 1.6 * t + offset, 23 - 14.5 * t]))
  }
  points.forEach((to, i) => {
    const from = points[i - 1]
    if (from)
      stroke(context, [from, to], 'rgba(84,54,38,0.2)', Math.max((to[1] - 140) / 4 / 2.6, 1.5) * (bend ? 1 : 0.6))
  })
}

function hoarding(context: Context): void {
  for (let panel = -9; panel < 22; panel++) {
    const x = panel * 2.6
    const fence: Block = { at: [x, 0, 46], width: 2.52, height: 2.1, depth: 0.08 }
    CAMERA.block(context, fence, [206, 208, 204])
    CAMERA.block(context, { ...fence, at: [x, 1.5, 45.9], height: 0.32 }, [62, 138, 122])
  }
  const [, y] = onGround([0, 45.9])
  context.fillStyle = css(SHADOW, 0.16)
  context.fillRect(0, y, WIDTH, 2.5)
}

function container(context: Context): void {
  const lower: Block = { at: [15.2, 0, 36], width: 7, height: 2.6, depth: 2.6 }
  CAMERA.shadow(context, lower, 0.24)
  CAMERA.block(context, lower, [70, 118, 148])
  CAMERA.block(context, { ...lower, at: [15.6, 2.62, 36.2], width: 6.4 }, [226, 214, 196])
  for (const x of [12.9, 14.7, 16.9]) {
    CAMERA.block(context, { at: [x, 3.5, 34.85], width: 1, height: 0.95, depth: 0.05 }, [112, 146, 162])
    CAMERA.block(context, { at: [x, 0.9, 34.65], width: 1, height: 0.95, depth: 0.05 }, [44, 66, 82])
  }
}

function trench(context: Context): void {
  const ring: Spot[] = [
    [-2.7, 15.5],
    [0.9, 15.4],
    [1.1, 17.7],
    [-2.8, 17.8],
  ]
  fill(context, ring.map(onGround), '#5b3f2e')
  fill(
    context,
    [
      [-2.8, 17.8],
      [1.1, 17.7],
      [1.02, 17.2],
      [-2.72, 17.25],
    ].map(([x = 0, z = 0]) => onGround([x, z])),
    '#3b2820',
  )
  fill(
    context,
    [
      [0.9, 15.4],
      [1.1, 17.7],
      [0.55, 17.3],
      [0.4, 15.7],
    ].map(([x = 0, z = 0]) => onGround([x, z])),
    '#342219',
  )
  // Heaps of excavated soil.
  const heap = (at: Spot, width: number, height: number) => {
    const [x, y] = onGround(at)
    const metre = CAMERA.scale(at[1])
    oval(context, [x - metre * width * 0.35, y], [metre * width * 0.8, metre * 0.14], css(SHADOW, 0.25))
    const light = context.createLinearGradient(x - metre * width * 0.5, 0, x + metre * width * 0.5, 0)
    light.addColorStop(0, css(lit(EARTH, 0.54)))
    light.addColorStop(0.55, css(lit(EARTH, 0.8)))
    light.addColorStop(1, css(lit(EARTH, 1.06)))
    context.beginPath()
    context.moveTo(x - (metre * width) / 2, y + 1)
    context.bezierCurveTo(
      x - metre * width * 0.3,
      y,
      x - metre * width * 0.2,
      y - metre * height,
      x + metre * 0.05,
      y - metre * height,
    )
    context.bezierCurveTo(
      x + metre * width * 0.2,
      y - metre * height,
      x + metre * width * 0.32,
      y,
      x + (metre * width) / 2,
      y + 1,
    )
    context.closePath()
    context.fillStyle = light
    context.fill()
  }
  heap([0.6, 25.4], 4.6, 1.25)
  heap([-0.9, 24.6], 3, 0.8)
  heap([9.2, 28.2], 5.2, 1.7)
}

function pallets(context: Context): void {
  const stack = (x: number, z: number, layers: number, colour: Colour) => {
    const base: Block = { at: [x, 0, z], width: 1.3, height: 0.14, depth: 1 }
    CAMERA.shadow(context, { ...base, height: 0.14 + layers * 0.24 }, 0.26)
    CAMERA.block(context, base, [150, 112, 72])
    for (let layer = 0; layer < layers; layer++)
      CAMERA.block(
        context,
        { ...base, at: [x, 0.16 + layer * 0.24, z], height: 0.22 },
        lit(colour, 1 - (layer % 2) * 0.07),
      )
  }
  stack(11.4, 24.6, 4, [176, 84, 62])
  stack(13, 24.8, 3, [176, 84, 62])
  stack(12.2, 22.6, 2, [196, 192, 184])
  for (let pipe = 0; pipe < 5; pipe++)
    CAMERA.block(
      context,
      { at: [-9.6, 0.02 + (pipe > 2 ? 0.3 : 0), 12.9 + (pipe % 3) * 0.34], width: 3.4, height: 0.28, depth: 0.28 },
      [186, 100, 62],
    )
}

const PICKUP: readonly { block: Block; colour: Colour }[] = (() => {
  const [x, z] = [-9, 18]
  const body: Colour = [236, 233, 226]
  return [
    { block: { at: [x, 0.42, z], width: 4.9, height: 0.56, depth: 1.85 }, colour: body },
    { block: { at: [x - 1.3, 0.98, z + 0.86], width: 2.2, height: 0.26, depth: 0.1 }, colour: body },
    { block: { at: [x - 1.3, 0.98, z - 0.86], width: 2.2, height: 0.26, depth: 0.1 }, colour: body },
    { block: { at: [x + 0.65, 0.98, z], width: 1.7, height: 0.62, depth: 1.72 }, colour: [74, 92, 104] },
    { block: { at: [x + 0.6, 1.6, z], width: 1.56, height: 0.08, depth: 1.7 }, colour: body },
  ]
})()

function pickup(context: Context): void {
  for (const { block } of PICKUP) CAMERA.shadow(context, block, 0.2)
  const first = PICKUP[0]?.block
  if (!first) return
  const [x, , z] = first.at
  for (const { block, colour } of PICKUP) CAMERA.block(context, block, colour)
  const near = z - 0.94
  const metre = CAMERA.scale(near)
  for (const wheel of [-1.55, 1.5]) {
    const centre = CAMERA.project([x + wheel, 0.36, near])
    oval(context, centre, [metre * 0.42, metre * 0.42], '#2a2526')
    oval(context, centre, [metre * 0.19, metre * 0.19], '#9b9894')
  }
  const [left, top] = CAMERA.project([x - 2.4, 0.82, near])
  context.fillStyle = '#e0742c'
  context.fillRect(left, top, metre * 4.8, metre * 0.12)
  for (const post of [-0.2, 0.65, 1.48])
    stroke(context, [CAMERA.project([x + post, 0.98, near]), CAMERA.project([x + post, 1.6, near])], '#e4e0d8', 2)
}
