import { createCanvas } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { isSeen } from './building-site.ts'
import type { Scene } from './scene.ts'
import { SCENES } from './scenes.ts'
import { siteAt } from './site-plan.ts'
import { CONES } from './site-view.ts'
import { FPS, HEIGHT, type Measurements, SCENE_KEYS, type SceneKey, WIDTH } from './thread-messages.ts'

const MINUTE = 60 * FPS
/** Frames. */
const SAMPLE_EVERY = 4

function scene(key: SceneKey, seed: number): Scene {
  return SCENES[key](seed, createCanvas)
}

function pixels(made: Scene, frame: number): Buffer {
  const canvas = createCanvas(WIDTH, HEIGHT)
  made.paint(canvas.getContext('2d'), frame)
  return canvas.data()
}

/** `[[x1, y1, x2, y2, confidence, class], …]` */
function items({ annotations }: Measurements): number[][] {
  return annotations.detection_items === '' ? [] : JSON.parse(annotations.detection_items)
}

function everyFrame(key: SceneKey, seed: number, frames: number): Measurements[] {
  const made = scene(key, seed)
  return Array.from({ length: frames }, (_, frame) => made.measure(frame))
}

describe.each(SCENE_KEYS)('the scene %s', (key) => {
  it('is the same for the same seed and frame, whatever was drawn before', () => {
    const [one, other] = [scene(key, 5), scene(key, 5)]
    const before = [3, 700, 12].map((frame) => pixels(one, frame))
    expect(pixels(other, 12).equals(before[2] ?? Buffer.of())).toBe(true)
    expect(pixels(other, 3).equals(before[0] ?? Buffer.of())).toBe(true)
    expect(one.measure(44)).toEqual(other.measure(44))
  })

  it('is another one for another seed', () => {
    expect(pixels(scene(key, 1), 30).equals(pixels(scene(key, 2), 30))).toBe(false)
    expect(everyFrame(key, 1, MINUTE)).not.toEqual(everyFrame(key, 2, MINUTE))
  })

  it('moves from frame to frame', () => {
    const made = scene(key, 1)
    expect(pixels(made, 10).equals(pixels(made, 11))).toBe(false)
  })

  it('leaves no pixel of the frame before', () => {
    const canvas = createCanvas(WIDTH, HEIGHT)
    const context = canvas.getContext('2d')
    context.fillStyle = '#ff00ff'
    context.fillRect(0, 0, WIDTH, HEIGHT)
    const made = scene(key, 3)
    made.paint(context, 8)
    expect(canvas.data().equals(pixels(made, 8))).toBe(true)
  })

  it('tells of boxes that lie inside the picture', () => {
    const isRight = ([left = -1, top = -1, right = -1, bottom = -1, sureness = -1]: readonly number[]) =>
      [Math.min(left, top) >= 0, right > left, bottom > top].every(Boolean) &&
      [right <= WIDTH, bottom <= HEIGHT, sureness > 0.5, sureness < 1].every(Boolean)
    const boxes = everyFrame(key, 9, 2 * MINUTE).flatMap(items)
    expect(boxes.filter((box) => !isRight(box))).toEqual([])
  })
})

describe('the building site', () => {
  const seeds = [0, 1, 2, 3, 77, 2_147_483_647]

  it.each(seeds)('is dangerous now and then, and mostly not (seed %i)', (seed) => {
    // Some a second tell as much as all of them.
    const made = scene('building site', seed)
    const samples = MINUTE / SAMPLE_EVERY
    const warnings = Array.from(
      { length: 10 * samples },
      (_, i) => made.measure(i * SAMPLE_EVERY).annotations.warnings !== '',
    )
    const share = warnings.filter((isDangerous) => isDangerous).length / warnings.length
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.35)
    for (let minute = 0; minute < 10; minute++) {
      const within = warnings.slice(minute * samples, (minute + 1) * samples)
      expect(new Set(within).size, `minute ${minute}`).toBe(2)
    }
  })

  it('tells of as many things as it draws', () => {
    const measured = everyFrame('building site', 1, MINUTE)
    measured.forEach((each, frame) => {
      const people = siteAt(1, frame / FPS).people.filter(isSeen).length
      const count = (...kinds: number[]) => items(each).filter(([, , , , , kind = -1]) => kinds.includes(kind)).length
      expect([count(5), count(0, 2), count(4, 7)]).toEqual([people, people, people])
      expect([count(6), count(8), count(9), count(10)]).toEqual([CONES.length, 1, 1, 1])
    })
  })

  it('warns of bare heads exactly while somebody is bare-headed', () => {
    const bare = everyFrame('building site', 1, 2 * MINUTE).map((each) => ({
      warned: each.annotations.warnings.includes('warning_no_hardhat'),
      seen: items(each).some(([, , , , , kind]) => kind === 2),
    }))
    expect(bare.some(({ warned }) => warned)).toBe(true)
    for (const { warned, seen } of bare) expect(warned).toBe(seen)
  })

  it('tells of the coned area and the pole as polygons', () => {
    const { annotations } = scene('building site', 1).measure(0)
    expect(JSON.parse(annotations.cone_polygons)).toEqual([CONES.map(() => [expect.any(Number), expect.any(Number)])])
    const [pole] = JSON.parse(annotations.pole_polygons)
    for (const [x, y] of pole) expect(x >= 0 && x <= WIDTH && y >= 0 && y <= HEIGHT).toBe(true)
  })
})

describe('the front door', () => {
  it('rings only while somebody stands there, and finds that person', () => {
    const all = everyFrame('front door', 1, 2 * MINUTE)
    const states = new Set(all.map(({ metadata }) => `${metadata.person} ${metadata.doorbell}`))
    expect(states).toEqual(new Set(['true quiet', 'true ringing', 'false quiet']))
    for (const each of all) expect(items(each)).toHaveLength(each.metadata.person ? 1 : 0)
    for (const { metadata } of all) expect(metadata.motion).toSatisfy((motion) => motion > 0 && motion <= 1)
  })
})

describe('the beam spot', () => {
  it('is measured with every frame, and its pulses count on', () => {
    const [first, second] = everyFrame('beam spot', 1, 2)
    expect(Number(second?.metadata.pulse_id) - Number(first?.metadata.pulse_id)).toBe(10)
    expect(Object.keys(first?.metadata ?? {})).toEqual([
      'x_mm',
      'y_mm',
      'fwhm_x_mm',
      'fwhm_y_mm',
      'intensity',
      'charge_pC',
      'pulse_id',
    ])
  })
})
