import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameInput } from '../../test/support/hub.ts'
import { RENDITION_RULES } from '../../test/support/renditions.ts'
import { Frame, type ImageFrame } from '../core/frame.ts'
import type { EncodedImage } from '../core/payload.ts'
import { fitted, isRightFor, Ladder, pixelsOf, type Rung } from './rungs.ts'

const ladder = new Ladder(RENDITION_RULES.rungs)

function frame(picture: Partial<EncodedImage>, size = { width: 640, height: 480 }): ImageFrame {
  const payload = { kind: 'image', bytes: new Uint8Array(1), mediaType: 'image/jpeg', ...size, ...picture } as const
  return new Frame({ ...frameInput('a', 'b'), size, payload }, '1-0', 1, 1)
}

/** The size at which a frame's picture is made; undefined if it is right as it is. */
function targetSize(frame: Frame, rung: Rung) {
  return isRightFor(frame, rung) ? undefined : fitted(frame.size, rung)
}

describe('the rung for a wish', () => {
  it('is the next larger width, the same one for all that are rounded up to it, and the original beyond the last', () => {
    expect(ladder.rungFor({ width: 161 })).toMatchObject({ id: '320', width: 320, maxFps: undefined })
    expect(ladder.rungFor({ width: 320 })).toBe(ladder.rungFor({ width: 161 }))
    expect(ladder.rungFor({ width: 1281 })).toBeUndefined()
    expect(ladder.rungFor({})).toBeUndefined()
  })

  it('is a quality with its bounds and its rate, whatever the width', () => {
    expect(ladder.rungFor({ quality: 'low', width: 2000 })).toMatchObject({ width: 320, height: 240, maxFps: 10 })
  })

  it('has no bounds where only the format matters', () => {
    const rung = ladder.rungFor({ onlyJpeg: true, width: 5000 })
    expect(rung).toMatchObject({ width: Number.POSITIVE_INFINITY, onlyJpeg: true })
    expect(ladder.rungFor({ onlyJpeg: true, width: 300 })).not.toBe(ladder.rungFor({ width: 300 }))
  })
})

describe('the rung of a wish for arrays', () => {
  const jet = { colormap: 'jet', levels: { min: 0, max: 1 }, log: false } as const

  it('is there for every wish, and the same for equal ones', () => {
    expect(ladder.arrayRungFor({})).toMatchObject({
      id: 'original viridis auto',
      width: Number.POSITIVE_INFINITY,
      colouring: RENDITION_RULES.rungs.colouring,
    })
    expect(ladder.arrayRungFor({ width: 161, colouring: jet }).id).toBe('320 jet 0,1')
    expect(ladder.arrayRungFor({ width: 300, colouring: { ...jet } })).toEqual(
      ladder.arrayRungFor({ width: 320, colouring: jet }),
    )
    expect(ladder.arrayRungFor({ quality: 'low', onlyJpeg: true })).toMatchObject({
      id: 'low viridis auto',
      maxFps: 10,
    })
  })

  it('leaves no array as it is', () => {
    const payload = { kind: 'raw-array', values: new Uint8Array(12), shape: [3, 4] } as const
    const array = new Frame({ ...frameInput('a', 'b'), size: { width: 4, height: 3 }, payload }, '1-0', 1, 1)
    expect(targetSize(array, ladder.arrayRungFor({}))).toEqual({ width: 4, height: 3 })
    expect(pixelsOf(payload)).toBe(12)
  })
})

describe('the size of a picture within bounds', () => {
  it('keeps the shape as far as whole pixels allow, is never larger, and never nothing', () => {
    const side = fc.integer({ min: 1, max: 20_000 })
    const size = fc.record({ width: side, height: side })
    fc.assert(
      fc.property(size, size, (original, bounds) => {
        const made = fitted(original, bounds)
        const longest = Math.min(original.width, bounds.width)
        expect(made.width).toBeGreaterThanOrEqual(1)
        expect(made.height).toBeGreaterThanOrEqual(1)
        expect(made.width).toBeLessThanOrEqual(longest)
        expect(made.height).toBeLessThanOrEqual(Math.min(original.height, bounds.height))
        const exact = (made.width * original.height) / original.width
        if (made.height > 1 && made.width > 1)
          expect(Math.abs(made.height - exact)).toBeLessThanOrEqual(0.5 + (0.5 * original.height) / original.width)
      }),
    )
  })

  it('is that of a portrait picture by its height', () => {
    expect(fitted({ width: 1080, height: 1920 }, { width: 640, height: 480 })).toEqual({ width: 270, height: 480 })
  })

  it('is no longer than a JPEG can be', () => {
    const jpegs = ladder.rungFor({ onlyJpeg: true }) ?? expect.fail('this is a rung')
    const png = frame({ mediaType: 'image/png' }, { width: 4, height: 131_000 })
    expect(targetSize(png, jpegs)).toEqual({ width: 2, height: 65_500 })
  })
})

describe('a picture', () => {
  const small = ladder.rungFor({ width: 640 })
  const jpegs = ladder.rungFor({ width: 640, onlyJpeg: true })
  if (!small || !jpegs) throw new Error('these are rungs')

  it('is passed on if it is small enough and upright, in any format unless it must be a JPEG', () => {
    expect(targetSize(frame({}), small)).toBeUndefined()
    expect(targetSize(frame({ mediaType: 'image/png' }), small)).toBeUndefined()
    expect(targetSize(frame({ mediaType: 'image/png' }), jpegs)).toEqual({ width: 640, height: 480 })
  })

  it('is made if it is to be turned, at the size as seen', () => {
    const turned = frame({ width: 640, height: 480, needsTurning: true }, { width: 480, height: 640 })
    expect(targetSize(turned, small)).toEqual({ width: 480, height: 640 })
    const low = ladder.rungFor({ quality: 'low' })
    expect(low && targetSize(turned, low)).toEqual({ width: 180, height: 240 })
  })
})
