import type { Canvas } from '@napi-rs/canvas'
import { clamp, rounded } from '../src/core/numbers.ts'
import { NO_ANNOTATIONS } from '../src/wire/annotation-fields.ts'
import { blend, type Colour, css, oval, stroke } from './draw.ts'
import { drift, random } from './noise.ts'
import { backdrop, type Context, flattened, type MakeCanvas, type Point, type SceneMaker } from './scene.ts'
import { FPS, HEIGHT, WIDTH } from './thread-messages.ts'

/**
 * Demo scene: a particle beam's spot on a phosphor screen in false colours, with the measurements of a beam monitor.
 */
export const beamSpot: SceneMaker = (seed, makeCanvas) => {
  const still = backdrop(makeCanvas, paintScreen)
  let made: Canvas[] | undefined
  const grains = () => {
    made ??= Array.from({ length: GRAINS }, (_, number) => makeGrain(makeCanvas, seed + number))
    return made
  }
  return {
    measure(frame) {
      const { x, y, width, height, intensity } = spotAt(seed, frame)
      return {
        annotations: NO_ANNOTATIONS,
        metadata: {
          x_mm: rounded(x, 3),
          y_mm: rounded(y, 3),
          fwhm_x_mm: rounded(width * FWHM, 3),
          fwhm_y_mm: rounded(height * FWHM, 3),
          intensity: rounded(intensity, 3),
          charge_pC: rounded(182 * intensity, 1),
          pulse_id: FIRST_PULSE + frame * PULSES_PER_FRAME,
        },
      }
    },
    paint(context, frame) {
      const spot = spotAt(seed, frame)
      context.drawImage(still(), 0, 0)
      paintSpot(context, spot)
      paintGrain(context, grains()[frame % GRAINS], spot)
      graticule(context)
      profiles(context, spot, seed, frame)
    },
  }
}

/** Full width at half maximum, in standard deviations. */
const FWHM = 2.3548
/** The machine delivers a hundred pulses a second; every tenth is recorded. */
const PULSES_PER_FRAME = 10
const FIRST_PULSE = 2_418_000_000

const CENTRE: Point = [320, 180]
const RADIUS = 168
const PIXELS_PER_MM = 24
/** The number of grain (noise) textures, used in turn, and their size in pixels. */
const GRAINS = 7
const GRAIN_WIDTH = 300
const GRAIN_HEIGHT = 220

/** Position of the beam in mm from the centre of the screen, y upwards. Width and height are standard deviations. */
interface Spot {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Radians. */
  readonly tilt: number
  /** 1 is normal. */
  readonly intensity: number
}

function spotAt(seed: number, frame: number): Spot {
  const t = frame / FPS
  const jitter = (number: number) => random(seed, frame, number) - 0.5
  const breath = Math.sin(t / 2.3 + 6.28 * random(seed, 3))
  return {
    x: 1.5 * drift(seed + 1, t / 9) + 0.5 * drift(seed + 2, t / 2.6) + 0.05 * jitter(11),
    y: 0.9 * drift(seed + 3, t / 11) + 0.35 * drift(seed + 4, t / 3.1) + 0.05 * jitter(12),
    width: 1.62 + 0.26 * breath + 0.1 * drift(seed + 5, t / 2) + 0.02 * jitter(13),
    height: 0.96 - 0.12 * breath + 0.07 * drift(seed + 6, t / 2.4) + 0.02 * jitter(14),
    tilt: 0.3 + 0.16 * drift(seed + 7, t / 8),
    intensity: 0.95 + 0.07 * drift(seed + 8, t / 3) + 0.06 * jitter(15),
  }
}

/** Colour map from dark to bright, perceptually even: equal steps look like equal steps of brightness. */
const SCALE: readonly Colour[] = [
  [10, 7, 28],
  [42, 12, 82],
  [96, 19, 110],
  [148, 38, 103],
  [197, 62, 78],
  [234, 104, 45],
  [251, 162, 32],
  [248, 218, 92],
  [254, 253, 204],
]

/** Maps a brightness from 0 to 1 to a colour. */
function falseColour(value: number): Colour {
  const at = clamp(value, 0, 1) * (SCALE.length - 1)
  const step = Math.min(Math.floor(at), SCALE.length - 2)
  return blend(SCALE[step] ?? [0, 0, 0], SCALE[step + 1] ?? [0, 0, 0], at - step)
}

/** The brightness the camera sees at a distance of `sigmas` from the beam's centre: a core and a faint halo. */
function brightness(sigmas: number): number {
  return 0.86 * Math.exp(-(sigmas ** 2) / 2) + 0.14 * Math.exp(-(sigmas ** 2) / 9)
}

/** The distance, in sigmas, at which the beam fades into the background. */
const EDGE = 4.3
/** Background brightness of the screen. */
const FLOOR = 0.045

function paintSpot(context: Context, { x, y, width, height, tilt, intensity }: Spot): void {
  const light = context.createRadialGradient(0, 0, 0, 0, 0, EDGE)
  const steps = 20
  for (let step = 0; step <= steps; step++) {
    const value = brightness((EDGE * step) / steps) * intensity
    // The gradient becomes transparent at the rim, so that no edge is visible.
    light.addColorStop(
      step / steps,
      css(falseColour(FLOOR + value * 0.93), Math.min(value / 0.02, 1) * (step === steps ? 0 : 1)),
    )
  }
  context.save()
  context.beginPath()
  context.arc(CENTRE[0], CENTRE[1], RADIUS, 0, 2 * Math.PI)
  context.clip()
  context.translate(CENTRE[0] + x * PIXELS_PER_MM, CENTRE[1] - y * PIXELS_PER_MM)
  context.rotate(-tilt)
  context.scale(width * PIXELS_PER_MM, height * PIXELS_PER_MM)
  context.fillStyle = light
  context.beginPath()
  context.arc(0, 0, EDGE, 0, 2 * Math.PI)
  context.fill()
  context.restore()
}

function paintScreen(context: Context): void {
  context.fillStyle = '#07060f'
  context.fillRect(0, 0, WIDTH, HEIGHT)
  const room = context.createRadialGradient(CENTRE[0], CENTRE[1], RADIUS, CENTRE[0], CENTRE[1], 380)
  room.addColorStop(0, 'rgba(64,36,96,0.5)')
  room.addColorStop(1, 'rgba(20,14,40,0)')
  context.fillStyle = room
  context.fillRect(0, 0, WIDTH, HEIGHT)
  const ring = context.createLinearGradient(CENTRE[0] - RADIUS, 0, CENTRE[0] + RADIUS, HEIGHT)
  ring.addColorStop(0, '#4b3a68')
  ring.addColorStop(0.5, '#1c1430')
  ring.addColorStop(1, '#38284f')
  oval(context, CENTRE, [RADIUS + 7, RADIUS + 7], ring)
  const phosphor = context.createRadialGradient(CENTRE[0], CENTRE[1], 20, CENTRE[0], CENTRE[1], RADIUS)
  phosphor.addColorStop(0, css(falseColour(FLOOR + 0.03)))
  phosphor.addColorStop(0.85, css(falseColour(FLOOR)))
  phosphor.addColorStop(1, css(falseColour(0.01)))
  oval(context, CENTRE, [RADIUS, RADIUS], phosphor)
  for (let bolt = 0; bolt < 4; bolt++) {
    const angle = Math.PI / 4 + (bolt * Math.PI) / 2
    const at: Point = [CENTRE[0] + 198 * Math.cos(angle), CENTRE[1] + 198 * Math.sin(angle)]
    oval(context, at, [5.5, 5.5], '#2a2040')
    oval(context, [at[0] - 1, at[1] - 1], [3.6, 3.6], '#453660')
  }
  colourBar(context)
}

function colourBar(context: Context): void {
  const [left, top, width, height] = [596, 40, 14, 280]
  const scale = context.createLinearGradient(0, top + height, 0, top)
  for (let step = 0; step <= 16; step++) scale.addColorStop(step / 16, css(falseColour(step / 16)))
  context.fillStyle = scale
  context.beginPath()
  context.roundRect(left, top, width, height, 4)
  context.fill()
  for (let tick = 0; tick <= 4; tick++) {
    const y = top + 4 + ((height - 8) * tick) / 4
    stroke(
      context,
      [
        [left - 8, y],
        [left - 3, y],
      ],
      'rgba(214,200,240,0.5)',
      1,
    )
  }
}

/** A noise texture that fades out towards its edge, like the light of the beam. */
function makeGrain(makeCanvas: MakeCanvas, seed: number): Canvas {
  const [across, down] = [GRAIN_WIDTH / 4, GRAIN_HEIGHT / 4]
  const small = makeCanvas(across, down)
  const pixels = small.getContext('2d').createImageData(across, down)
  for (let i = 0; i < across * down; i++) {
    const value = random(seed, i, 1) + random(seed, i, 2) - 1
    const [x, y] = [(i % across) / across - 0.5, Math.floor(i / across) / down - 0.5]
    const fade = Math.max(1 - 4 * (x * x + y * y), 0)
    const tone = value > 0 ? [255, 214, 120] : [40, 6, 60]
    pixels.data.set([...tone, 46 * fade ** 1.5 * Math.abs(value)], i * 4)
  }
  small.getContext('2d').putImageData(pixels, 0, 0)
  const canvas = makeCanvas(GRAIN_WIDTH, GRAIN_HEIGHT)
  canvas.getContext('2d').drawImage(small, 0, 0, GRAIN_WIDTH, GRAIN_HEIGHT)
  return flattened(makeCanvas, canvas)
}

function paintGrain(context: Context, grain: Canvas | undefined, { x, y }: Spot): void {
  const left = CENTRE[0] + x * PIXELS_PER_MM - GRAIN_WIDTH / 2
  const top = CENTRE[1] - y * PIXELS_PER_MM - GRAIN_HEIGHT / 2
  if (grain) context.drawImage(grain, Math.round(left), Math.round(top))
}

/** Draws a crosshair with a tick at each millimetre, and rings. */
function graticule(context: Context): void {
  const [x, y] = CENTRE
  context.beginPath()
  context.moveTo(x - RADIUS, y)
  context.lineTo(x + RADIUS, y)
  context.moveTo(x, y - RADIUS)
  context.lineTo(x, y + RADIUS)
  for (let mm = -6; mm <= 6; mm++) {
    const [tick, at] = [mm % 5 === 0 ? 6 : 3, mm * PIXELS_PER_MM]
    context.moveTo(x + at, y - tick)
    context.lineTo(x + at, y + tick)
    context.moveTo(x - tick, y + at)
    context.lineTo(x + tick, y + at)
  }
  for (const radius of [2, 4, 6]) {
    context.moveTo(x + radius * PIXELS_PER_MM, y)
    context.arc(x, y, radius * PIXELS_PER_MM, 0, 2 * Math.PI)
  }
  context.strokeStyle = 'rgba(222,208,255,0.2)'
  context.lineWidth = 1
  context.stroke()
}

/** Draws the beam's brightness profile along each axis: at the bottom and at the left. */
function profiles(context: Context, { x, y, width, height, tilt, intensity }: Spot, seed: number, frame: number): void {
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)]
  const across = Math.hypot(width * cos, height * sin) * PIXELS_PER_MM
  const along = Math.hypot(width * sin, height * cos) * PIXELS_PER_MM
  const noise = (i: number) => 0.035 * (random(seed, frame, i) - 0.5)
  const level = (at: number, middle: number, sigma: number) =>
    Math.max(brightness((at - middle) / sigma) * intensity + noise(Math.round(at)) + 0.02, 0)
  const below: Point[] = []
  for (let at = -150; at <= 150; at += 7.5)
    below.push([CENTRE[0] + at, HEIGHT - 8 - 46 * level(at, x * PIXELS_PER_MM, across)])
  const aside: Point[] = []
  for (let at = -150; at <= 150; at += 7.5) aside.push([58 + 74 * level(at, -y * PIXELS_PER_MM, along), CENTRE[1] + at])
  stroke(
    context,
    [
      [58, 30],
      [58, 330],
    ],
    'rgba(214,200,240,0.22)',
    1,
  )
  stroke(context, aside, 'rgba(251,178,60,0.92)', 1.6)
  stroke(context, below, 'rgba(255,220,140,0.85)', 1.6)
}
