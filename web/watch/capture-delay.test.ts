import { describe, expect, it } from 'vitest'
import { captureDelay } from './capture-delay.ts'

describe('captureDelay', () => {
  it('is the way from the camera to the server', () => {
    expect(captureDelay(1000, 1042)).toBe(42)
    expect(captureDelay(1010, 1000)).toBe(0)
  })

  it('is not told where the camera’s clock cannot be right', () => {
    expect(captureDelay(undefined, 1000)).toBeUndefined()
    expect(captureDelay(0, 100_000)).toBeUndefined()
    expect(captureDelay(5000, 1000)).toBeUndefined()
  })
})
