import { stroke } from './draw.ts'
import type { Context, Point } from './scene.ts'
import type { SiteState } from './site-plan.ts'

const TOP: Point = [452, 26]
const FOOT_Y = 158
const TONE = 'rgba(168,116,70,0.9)'

/** Draws the mast of the tower crane, which is behind everything else. */
export function paintMast(context: Context): void {
  lattice(context, [TOP[0], FOOT_Y], [TOP[0], TOP[1] - 6], 3.2, 26)
}

/** Draws the moving parts of the crane. The jib swings, so its visible length changes. */
export function paintJib(context: Context, { jib, trolley, hook }: SiteState): void {
  const [x, top] = TOP
  const tip: Point = [x + 190 * jib, top + 5 + 3 * jib]
  const tail: Point = [x - 52 * jib, top + 2]
  lattice(context, [x, top], tip, 2.6, 20)
  stroke(context, [[x, top], tail], TONE, 3)
  context.fillStyle = '#8d8a88'
  context.fillRect(tail[0] - 5, tail[1], 10, 9)
  stroke(context, [tail, [x, top - 16], [x + (tip[0] - x) * 0.62, top + 3]], 'rgba(110,84,66,0.75)', 1)
  const [hookX, hookY] = [x + (tip[0] - x) * trolley, top + 30 + 60 * hook]
  stroke(
    context,
    [
      [hookX, top + 4],
      [hookX, hookY],
    ],
    'rgba(70,60,60,0.75)',
    1,
  )
  context.fillStyle = '#b4552f'
  context.fillRect(hookX - 9, hookY, 18, 5)
  context.fillStyle = '#e9e2d4'
  context.fillRect(x - 5, top + 3, 10, 9)
}

function lattice(context: Context, from: Point, to: Point, half: number, bays: number): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]]
  const length = Math.max(Math.hypot(dx, dy), 1)
  const [nx, ny] = [(-dy / length) * half, (dx / length) * half]
  const at = (i: number, side: number): Point => [
    from[0] + (dx * i) / bays + nx * side,
    from[1] + (dy * i) / bays + ny * side,
  ]
  context.beginPath()
  for (const side of [-1, 1]) {
    context.moveTo(...at(0, side))
    context.lineTo(...at(bays, side))
  }
  context.moveTo(...at(0, -1))
  for (let i = 1; i <= bays; i++) context.lineTo(...at(i, i % 2 ? 1 : -1))
  context.strokeStyle = TONE
  context.lineWidth = 1
  context.stroke()
}
