import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { CameraClock } from './camera-clock.ts'

const NOW = Date.UTC(2026, 10, 29)

function setUp() {
  const clock = new ManualClock()
  return { clock, camera: new CameraClock(clock) }
}

describe('the clock of a camera', () => {
  it('is believed when it agrees with ours, also while pictures are late', () => {
    const { camera } = setUp()
    expect(camera.source).toBeUndefined()
    expect(camera.captureTime({ arrivedAt: NOW, capturedAt: NOW - 80 })).toBe(NOW - 80)
    expect(camera.captureTime({ arrivedAt: NOW + 9000, capturedAt: NOW })).toBe(NOW)
    expect(camera.source).toBe('camera')
  })

  it('is never ahead: a picture was captured before it arrived', () => {
    const { camera } = setUp()
    expect(camera.captureTime({ arrivedAt: NOW, capturedAt: NOW + 100 })).toBe(NOW)
  })

  it('is not believed when it is off, and ages are by our clock', () => {
    const { camera } = setUp()
    for (const off of [-3 * 3_600_000, 5000, 3_600_000]) {
      expect(new CameraClock(setUp().clock).captureTime({ arrivedAt: NOW, capturedAt: NOW + off })).toBeUndefined()
    }
    camera.captureTime({ arrivedAt: NOW, capturedAt: NOW - 3_600_000 })
    expect(camera.source).toBe('arrival')
    expect(camera.offset).toBe(-3_600_000)
  })

  it('may be late by more where that is usual', () => {
    const { camera } = setUp()
    expect(camera.captureTime({ arrivedAt: NOW, capturedAt: NOW - 12_000 }, 60_000)).toBe(NOW - 12_000)
  })

  it('that nobody has set says nothing', () => {
    const { camera } = setUp()
    expect(camera.captureTime({ arrivedAt: NOW, capturedAt: 12_000 })).toBeUndefined()
    expect(camera.captureTime({ arrivedAt: NOW })).toBeUndefined()
    expect(camera.offset).toBeUndefined()
    expect(camera.source).toBe('arrival')
  })

  it('is believed again a minute after it was set right', () => {
    const { clock, camera } = setUp()
    camera.captureTime({ arrivedAt: NOW, capturedAt: NOW + 60_000 })
    clock.advance(31_000)
    expect(camera.captureTime({ arrivedAt: NOW + 31_000, capturedAt: NOW + 30_950 })).toBeUndefined()
    clock.advance(30_000)
    expect(camera.captureTime({ arrivedAt: NOW + 61_000, capturedAt: NOW + 60_950 })).toBe(NOW + 60_950)
  })
})
