import { describe, expect, it } from 'vitest'
import { neededWidth } from './needed-width.ts'

const LANDSCAPE = { width: 1280, height: 720 }
const PORTRAIT = { width: 720, height: 1280 }

describe('neededWidth', () => {
  it('is the width of the view while the shape of the pictures is not known', () => {
    expect(neededWidth({ width: 640, height: 360 }, 'contain', undefined)).toBe(640)
    expect(neededWidth({ width: 640, height: 360 }, 'cover', undefined)).toBe(640)
  })

  it('is less where bars are left beside the picture', () => {
    expect(neededWidth({ width: 640, height: 360 }, 'contain', PORTRAIT)).toBe(203)
    expect(neededWidth({ width: 640, height: 360 }, 'contain', LANDSCAPE)).toBe(640)
    expect(neededWidth({ width: 360, height: 640 }, 'contain', LANDSCAPE)).toBe(360)
  })

  it('is more where the picture covers a view that is higher than it', () => {
    expect(neededWidth({ width: 300, height: 600 }, 'cover', { width: 400, height: 200 })).toBe(1200)
    expect(neededWidth({ width: 640, height: 360 }, 'cover', PORTRAIT)).toBe(640)
  })

  it('stays within what may be asked for', () => {
    expect(neededWidth({ width: 0.2, height: 5 }, 'contain', undefined)).toBe(1)
    expect(neededWidth({ width: 9, height: 9000 }, 'cover', { width: 9000, height: 9 })).toBe(16_384)
  })
})
