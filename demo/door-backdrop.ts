import { byLamp, CAMERA, HEDGE, POSTS } from './door-view.ts'
import { blend, type Colour, css, fill, glow, lit, oval, stroke, vertical } from './draw.ts'
import { random } from './noise.ts'
import type { Context, Point } from './scene.ts'
import { HEIGHT, WIDTH } from './thread-messages.ts'

const WARM: Colour = [255, 190, 110]
const PAINT: Colour = [226, 214, 198]

/** Draws everything behind the hedge, and the ground in front of it. */
export function paintEvening(context: Context, seed: number): void {
  sky(context, seed)
  street(context, seed)
  garden(context, seed)
  porchFloor(context)
}

/** Draws the hedge with its gate; people on the street are visible above it. */
export function paintHedge(context: Context, seed: number): void {
  for (const side of [-1, 1]) {
    const bush = (x: number, up: number, size: number, colour: Colour) => {
      const [px, py] = CAMERA.project([side * x, up, HEDGE])
      const metre = CAMERA.scale(HEDGE)
      oval(context, [px, py], [metre * size, metre * size * 0.8], css(colour))
    }
    const [left, top] = CAMERA.project([side * 1.05, 0.85, HEDGE])
    const [, foot] = CAMERA.project([0, 0, HEDGE])
    context.fillStyle = vertical(context, top, foot, [
      [0, '#27383c'],
      [1, '#151f28'],
    ])
    context.fillRect(side < 0 ? 0 : left, top, side < 0 ? left : WIDTH - left, foot - top)
    for (let i = 0; i < 120; i++) {
      const shade = random(seed, i, side + 5)
      bush(
        1.15 + 8 * random(seed, i, side + 1),
        0.25 + 0.72 * random(seed, i, side + 3),
        0.14 + 0.16 * shade,
        blend([22, 34, 42], [58, 84, 72], shade * shade),
      )
    }
    CAMERA.block(context, { at: [side * 0.95, 0, HEDGE], width: 0.26, height: 1.25, depth: 0.26 }, [96, 88, 92])
    CAMERA.block(context, { at: [side * 0.95, 1.25, HEDGE], width: 0.36, height: 0.08, depth: 0.36 }, [120, 110, 112])
    const lamp = CAMERA.project([side * 0.95, 1.45, HEDGE])
    glow(context, lamp, 34, WARM, 0.7)
    oval(context, lamp, [3, 4], '#ffe9c0')
  }
}

/** Draws the porch: its posts, rails and ceiling, in front of the garden. */
export function paintPorch(context: Context): void {
  const top = 2.95
  const [, ceiling] = CAMERA.project([0, top, POSTS])
  context.fillStyle = vertical(context, 0, ceiling, [
    [0, '#b98a5c'],
    [0.5, '#8a6447'],
    [1, '#5b4238'],
  ])
  context.fillRect(0, 0, WIDTH, ceiling - 4)
  for (let board = -12; board <= 12; board++) {
    const from = CAMERA.project([board * 0.42, top, POSTS])
    const to = CAMERA.project([board * 0.42, top, 1.6])
    stroke(context, [from, to], 'rgba(50,30,24,0.35)', 1)
  }
  CAMERA.block(context, { at: [0, top - 0.24, POSTS], width: 9, height: 0.24, depth: 0.2 }, byLamp(PAINT, POSTS * 0.8))
  for (const side of [-1, 1]) {
    const x = side * 2.55
    rail(context, side)
    CAMERA.block(
      context,
      { at: [x, 0, POSTS], width: 0.24, height: top - 0.2, depth: 0.24 },
      byLamp(PAINT, POSTS * 0.75),
    )
    CAMERA.block(context, { at: [x, 0, POSTS], width: 0.34, height: 0.22, depth: 0.34 }, byLamp(PAINT, POSTS * 0.75))
    CAMERA.block(
      context,
      { at: [x, top - 0.42, POSTS], width: 0.34, height: 0.16, depth: 0.34 },
      byLamp(PAINT, POSTS * 0.75),
    )
  }
  pot(context)
  glow(context, [322, -40], 300, WARM, 0.55)
  context.save()
  context.translate(322, HEIGHT + 20)
  context.scale(1, 0.42)
  glow(context, [0, 0], 340, WARM, 0.34)
  context.restore()
}

function rail(context: Context, side: number): void {
  const paint = byLamp(PAINT, POSTS * 0.85)
  for (let bar = 0; bar < 10; bar++)
    CAMERA.block(
      context,
      { at: [side * (2.85 + bar * 0.2), 0.1, POSTS], width: 0.05, height: 0.78, depth: 0.05 },
      paint,
    )
  for (const y of [0.1, 0.86])
    CAMERA.block(context, { at: [side * 3.9, y, POSTS], width: 2.6, height: 0.09, depth: 0.1 }, paint)
}

function pot(context: Context): void {
  const [x, y] = CAMERA.project([1.88, 0, 3.9])
  oval(context, [x, y + 1], [30, 6], 'rgba(20,12,16,0.45)')
  const clay = context.createLinearGradient(x - 24, 0, x + 24, 0)
  clay.addColorStop(0, '#b4694a')
  clay.addColorStop(0.4, '#9a5540')
  clay.addColorStop(1, '#51302c')
  fill(
    context,
    [
      [x - 24, y - 42],
      [x + 24, y - 42],
      [x + 17, y + 2],
      [x - 17, y + 2],
    ],
    clay,
  )
  context.fillStyle = clay
  context.fillRect(x - 27, y - 48, 54, 9)
}

function sky(context: Context, seed: number): void {
  context.fillStyle = vertical(context, 0, 178, [
    [0, '#1a2148'],
    [0.42, '#3a3f74'],
    [0.7, '#86597f'],
    [0.88, '#d48872'],
    [1, '#f4b27c'],
  ])
  context.fillRect(0, 0, WIDTH, HEIGHT)
  for (let star = 0; star < 40; star++) {
    const at: Point = [random(seed, star, 1) * WIDTH, 58 + 52 * random(seed, star, 2)]
    const size = 0.5 + 0.5 * random(seed, star, 3)
    oval(context, at, [size, size], css([255, 246, 230], 0.25 + 0.45 * random(seed, star, 4)))
  }
  for (let cloud = 0; cloud < 7; cloud++) {
    context.save()
    context.translate(random(seed, cloud, 5) * WIDTH, 118 + 36 * random(seed, cloud, 6))
    context.scale(1, 0.07)
    glow(context, [0, 0], 70 + 90 * random(seed, cloud, 7), [255, 190, 160], 0.42)
    context.restore()
  }
}

function street(context: Context, seed: number): void {
  tree(context, seed, [70, 168], 46)
  tree(context, seed + 1, [590, 168], 54)
  house(context, [140, 180], 140, 50, 26, seed + 4)
  house(context, [432, 180], 118, 46, 24, seed + 9)
  house(context, [564, 180], 92, 44, 22, seed + 14)
  house(context, [30, 180], 80, 44, 22, seed + 19)
  tree(context, seed + 2, [296, 174], 30)
  tree(context, seed + 3, [508, 176], 26)
  const [, far] = CAMERA.project([0, 0, 19])
  context.fillStyle = vertical(context, far, 232, [
    [0, '#4c4260'],
    [1, '#33304a'],
  ])
  context.fillRect(0, far - 24, WIDTH, 90)
  const [, lampFoot] = CAMERA.project([0, 0, 14])
  const head: Point = [212, 96]
  stroke(context, [[198, lampFoot], [198, 100], [202, 94], head], '#1b1a2c', 2.6)
  glow(context, [head[0], head[1] + 3], 70, [255, 206, 140], 0.85)
  oval(context, [head[0], head[1] + 2], [7, 3], '#fff0cf')
  context.save()
  context.translate(head[0], lampFoot + 2)
  context.scale(1, 0.16)
  glow(context, [0, 0], 110, [255, 206, 140], 0.5)
  context.restore()
}

function house(context: Context, [x, y]: Point, width: number, height: number, roof: number, seed: number): void {
  context.fillStyle = vertical(context, y - height, y, [
    [0, '#3c3658'],
    [1, '#4b4060'],
  ])
  context.fillRect(x - width / 2, y - height, width, height)
  fill(
    context,
    [
      [x - width / 2 - 7, y - height],
      [x - width * 0.2, y - height - roof],
      [x + width * 0.2, y - height - roof],
      [x + width / 2 + 7, y - height],
    ],
    '#29264a',
  )
  context.fillStyle = '#29264a'
  context.fillRect(x + width * 0.1, y - height - roof - 9, 9, 16)
  const columns = Math.max(Math.floor(width / 34), 2)
  for (let row = 0; row < 2; row++)
    for (let column = 0; column < columns; column++) {
      const at: Point = [x - width / 2 + ((column + 0.5) * width) / columns, y - height + 11 + row * 20]
      const isLit = random(seed, row, column) < 0.5
      if (isLit) glow(context, at, 20, WARM, 0.4)
      context.fillStyle = isLit ? '#ffd594' : '#57507a'
      context.fillRect(at[0] - 5, at[1] - 6, 10, 12)
      stroke(
        context,
        [
          [at[0], at[1] - 6],
          [at[0], at[1] + 6],
        ],
        'rgba(50,38,60,0.7)',
        1,
      )
    }
}

function tree(context: Context, seed: number, [x, y]: Point, size: number): void {
  stroke(
    context,
    [
      [x, y + 6],
      [x, y - size * 0.6],
    ],
    '#1d1b30',
    size * 0.12,
  )
  for (let i = 0; i < 46; i++) {
    const [angle, reach] = [random(seed, i, 1) * 6.28, Math.sqrt(random(seed, i, 2))]
    const at: Point = [x + Math.cos(angle) * reach * size * 0.8, y - size * 1.1 + Math.sin(angle) * reach * size * 0.72]
    const radius = size * (0.16 + 0.12 * random(seed, i, 3))
    oval(
      context,
      at,
      [radius, radius * 0.9],
      css(blend([30, 30, 54], [70, 62, 84], random(seed, i, 4) * (0.4 + 0.6 * reach))),
    )
  }
}

function garden(context: Context, seed: number): void {
  const [, far] = CAMERA.project([0, 0, HEDGE + 1.2])
  context.fillStyle = vertical(context, far, 300, [
    [0, '#2c3a40'],
    [0.5, '#34483f'],
    [1, '#4a5a3e'],
  ])
  context.fillRect(0, far, WIDTH, HEIGHT - far)
  for (let blade = 0; blade < 240; blade++) {
    const z = 4.6 + 6 * random(seed, blade, 1) ** 1.4
    const [x, y] = CAMERA.project([(random(seed, blade, 2) - 0.5) * z * 1.8, 0, z])
    const tall = CAMERA.scale(z) * 0.06
    stroke(
      context,
      [
        [x, y],
        [x + (random(seed, blade, 3) - 0.5) * tall, y - tall],
      ],
      css(byLamp([120, 156, 84], z + 2), 0.5),
      1,
    )
  }
  const edge = (x: number, z: number): Point => CAMERA.project([x, 0, z])
  fill(
    context,
    [edge(-0.75, HEDGE + 4), edge(0.75, HEDGE + 4), edge(1.1, POSTS), edge(-1.1, POSTS)],
    vertical(context, far, 300, [
      [0, '#4a4458'],
      [0.6, '#786a64'],
      [1, '#b59a7c'],
    ]),
  )
  for (let row = 0; row < 10; row++) {
    const z = POSTS + 0.2 + row * 0.62
    const half = 0.75 + (0.35 * (HEDGE - z)) / (HEDGE - POSTS)
    stroke(context, [edge(-half, z), edge(half, z)], 'rgba(40,30,34,0.28)', 1.2)
    const joint = (row % 2 ? 0.3 : -0.25) * half
    stroke(context, [edge(joint, z), edge(joint, z + 0.62)], 'rgba(40,30,34,0.22)', 1)
  }
}

function porchFloor(context: Context): void {
  const [, edge] = CAMERA.project([0, 0, POSTS + 0.15])
  context.fillStyle = vertical(context, edge, HEIGHT, [
    [0, '#7a5c48'],
    [1, '#b8895e'],
  ])
  context.fillRect(0, edge, WIDTH, HEIGHT - edge)
  for (let board = -30; board <= 30; board++)
    stroke(
      context,
      [CAMERA.project([board * 0.2, 0, POSTS + 0.15]), CAMERA.project([board * 0.2, 0, 2.6])],
      'rgba(44,28,24,0.4)',
      1,
    )
  context.fillStyle = css(lit([110, 82, 62], 0.6))
  context.fillRect(0, edge, WIDTH, 3)
  const corner = (x: number, z: number): Point => CAMERA.project([x, 0, z])
  fill(context, [corner(-0.7, 3.55), corner(0.7, 3.55), corner(0.7, 2.75), corner(-0.7, 2.75)], '#51413c')
  fill(context, [corner(-0.62, 3.48), corner(0.62, 3.48), corner(0.62, 2.78), corner(-0.62, 2.78)], '#6a554a')
}
