import { expect, it } from 'vitest'
import { UploadMeter } from './upload-meter.ts'

it('tells nothing before a second has gone by', () => {
  const meter = new UploadMeter()
  expect(meter.read(0)).toBeUndefined()
  meter.add(0, 1000)
  expect(meter.read(900)).toBeUndefined()
})

it('measures the last three seconds', () => {
  const meter = new UploadMeter()
  for (let n = 0; n < 100; n++) meter.add(n * 100, 2000)
  for (let n = 0; n < 30; n++) meter.add(10_000 + n * 100, 5000)
  expect(meter.read(13_000 - 1)).toEqual({ rate: 10, bytes: 5000, bitsPerSecond: 400_000 })
})

it('tells the rate as soon as it tells anything', () => {
  const meter = new UploadMeter()
  for (let n = 0; n <= 10; n++) meter.add(n * 100, 2000)
  expect(meter.read(1050)?.rate).toBeCloseTo(10, 6)
})

it('falls to nothing when nothing is sent any more', () => {
  const meter = new UploadMeter()
  meter.add(0, 1000)
  expect(meter.read(10_000)).toEqual({ rate: 0, bytes: 0, bitsPerSecond: 0 })
})
