import { describe, expect, it } from 'vitest'
import { demandOf } from './view-demand.ts'

describe('demandOf', () => {
  it('asks for the width of the view in device pixels, and for fewer frames if it is small', () => {
    expect(demandOf({ width: 640, height: 360, scale: 2 }, 'contain', undefined)).toEqual({ maxFps: 15, width: 640 })
    expect(demandOf({ width: 640, height: 360, scale: 1 }, 'contain', undefined)).toEqual({ maxFps: 30, width: 640 })
  })

  it('asks for more where the picture is wider than the view it covers', () => {
    const high = { width: 300, height: 600, scale: 1 }
    const picture = { width: 400, height: 200 }
    expect(demandOf(high, 'cover', picture).width).toBe(1200)
    expect(demandOf(high, 'cover', undefined).width).toBe(300)
    expect(demandOf(high, 'contain', picture).width).toBe(300)
  })

  it('stays within what may be asked for', () => {
    expect(demandOf({ width: 0.2, height: 5, scale: 1 }, 'contain', undefined).width).toBe(1)
    expect(demandOf({ width: 9, height: 9000, scale: 1 }, 'cover', { width: 9000, height: 9 }).width).toBe(16_384)
  })
})
