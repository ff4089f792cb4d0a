import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RingBuffer } from './ring-buffer.ts'

const picture = (n: number, size = 1) => ({ n, blob: { size } })

describe('RingBuffer', () => {
  it('keeps the last pictures, oldest first', () => {
    const ring = new RingBuffer(3, 1000)
    for (let n = 1; n <= 5; n++) ring.push(picture(n))
    expect([ring.at(0)?.n, ring.at(1)?.n, ring.at(2)?.n, ring.at(3)?.n, ring.at(-1)?.n]).toEqual([
      3,
      4,
      5,
      undefined,
      undefined,
    ])
    expect(ring.newest?.n).toBe(5)
  })

  it('tells where a picture is, and -1 of one that has fallen out', () => {
    const ring = new RingBuffer(2, 1000)
    for (let n = 1; n <= 3; n++) ring.push(picture(n))
    expect(ring.indexOf(picture(3))).toBe(1)
    expect(ring.indexOf(picture(1))).toBe(-1)
  })

  it('takes another picture in the place of one, and drops the oldest if that is too much', () => {
    const ring = new RingBuffer(3, 100)
    for (let n = 1; n <= 3; n++) ring.push(picture(n, 10))
    ring.replace(picture(2, 30))
    expect([ring.at(1), ring.length, ring.bytes]).toEqual([picture(2, 30), 3, 50])
    ring.replace(picture(3, 70))
    expect([ring.at(0), ring.length, ring.bytes]).toEqual([picture(2, 30), 2, 100])
    ring.replace(picture(1, 5))
    expect([ring.length, ring.bytes]).toEqual([2, 100])
  })

  it('keeps a picture that is larger than all it may keep, alone', () => {
    const ring = new RingBuffer(10, 100)
    ring.push(picture(1, 50))
    ring.push(picture(2, 500))
    expect([ring.length, ring.bytes, ring.newest?.n]).toEqual([1, 500, 2])
  })

  it('never keeps more pictures or bytes than it may, and counts its bytes right', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 })), (sizes) => {
        const ring = new RingBuffer(5, 100)
        sizes.forEach((size, n) => {
          ring.push(picture(n, size))
          expect(ring.length).toBeLessThanOrEqual(5)
          expect(ring.bytes).toBeLessThanOrEqual(100)
          let bytes = 0
          for (let i = 0; i < ring.length; i++) bytes += ring.at(i)?.blob.size ?? 0
          expect(ring.bytes).toBe(bytes)
        })
      }),
    )
  })

  it('keeps what it has while it is held, and the newest', () => {
    const ring = new RingBuffer(3, 100)
    const kept = () => Array.from({ length: ring.length }, (_, index) => ring.at(index)?.n)
    for (let n = 1; n <= 2; n++) ring.push(picture(n))
    ring.isHeld = true
    for (let n = 3; n <= 9; n++) ring.push(picture(n))
    expect([kept(), ring.bytes]).toEqual([[1, 2, 9], 3])
    ring.push(picture(10, 99))
    expect([kept(), ring.bytes]).toEqual([[1, 10], 100])
    ring.isHeld = false
    for (let n = 11; n <= 13; n++) ring.push(picture(n))
    expect([kept(), ring.bytes]).toEqual([[11, 12, 13], 3])
  })

  it('is empty after it was cleared', () => {
    const ring = new RingBuffer()
    ring.push(picture(1))
    ring.clear()
    expect([ring.length, ring.bytes, ring.newest]).toEqual([0, 0, undefined])
  })
})
