import { expect, it } from 'vitest'
import { FrameRate } from './frame-rate.ts'

function beats(count: number, interval: number): FrameRate {
  const frameRate = new FrameRate()
  for (let i = 0; i < count; i++) frameRate.add(i * interval, 1000)
  return frameRate
}

it('tells frames and bytes a second while they come', () => {
  const { fps, bytesPerSecond } = beats(100, 100).rate(9950)
  expect(fps).toBeCloseTo(10, 1)
  expect(bytesPerSecond).toBeCloseTo(10_000, -2)
})

it('falls to nothing when they stop', () => {
  const frameRate = beats(100, 100)
  expect(frameRate.rate(11_500).fps).toBeLessThan(7)
  expect(frameRate.rate(16_000).fps).toBe(0)
})

it('tells that of a stream with fewer than one a second by its interval, until three of them are missing', () => {
  const slow = beats(4, 4000)
  expect(slow.rate(23_900)).toEqual({ fps: 0.25, bytesPerSecond: 250 })
  expect(slow.rate(24_000)).toEqual({ fps: 0, bytesPerSecond: 0 })
})

it('knows a rate from the second frame on, and none before', () => {
  expect(beats(0, 100).rate(0).fps).toBe(0)
  expect(beats(1, 100).rate(50).fps).toBe(0)
  expect(beats(2, 100).rate(150).fps).toBeCloseTo(10)
})

it('has a usual interval that one late frame does not move', () => {
  const frameRate = beats(20, 100)
  frameRate.add(8000, 1000)
  expect(frameRate.medianInterval).toBe(100)
  expect(beats(2, 100).medianInterval).toBeUndefined()
})

it('has a mean interval that is right where frames come in bursts', () => {
  const frameRate = new FrameRate()
  for (let burst = 0; burst < 8; burst++) for (let i = 0; i < 4; i++) frameRate.add(burst * 40 + i, 1000)
  expect(frameRate.medianInterval).toBe(1)
  expect(frameRate.meanInterval).toBeCloseTo(10, -1)
  expect(beats(2, 100).meanInterval).toBeUndefined()
  expect(beats(3, 100).meanInterval).toBe(100)
})
