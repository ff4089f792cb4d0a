import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AskedWidth } from './asked-width.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A view of a size that the test sets, and every width that it has asked for. */
function aView() {
  const asked: number[] = []
  let needed = 0
  const width = new AskedWidth(() => ask())
  const ask = () => {
    const now = width.need(needed)
    if (now !== asked.at(-1)) asked.push(now)
  }
  const need = (pixels: number) => {
    needed = pixels
    ask()
  }
  return { asked, need, hide: () => width.reset() }
}

describe('AskedWidth', () => {
  it('asks at once for what is needed first, and again after nothing was needed', () => {
    const { asked, need, hide } = aView()
    need(640)
    hide()
    need(320)
    expect(asked).toEqual([640, 320])
    vi.runAllTimers()
    expect(asked).toEqual([640, 320])
  })

  it('asks for more soon', () => {
    const { asked, need } = aView()
    need(320)
    need(1280)
    vi.advanceTimersByTime(199)
    expect(asked).toEqual([320])
    vi.advanceTimersByTime(1)
    expect(asked).toEqual([320, 1280])
  })

  it('asks for less only after the view has been smaller for three seconds', () => {
    const { asked, need } = aView()
    need(1280)
    need(320)
    vi.advanceTimersByTime(2999)
    expect(asked).toEqual([1280])
    vi.advanceTimersByTime(1)
    expect(asked).toEqual([1280, 320])
  })

  it('asks for nothing new when the view is as before in time', () => {
    const { asked, need } = aView()
    need(640)
    need(320)
    vi.advanceTimersByTime(2000)
    need(640)
    need(1280)
    vi.advanceTimersByTime(100)
    need(640)
    vi.runAllTimers()
    expect(asked).toEqual([640])
  })

  it('asks five times a second at most while a view grows and grows, and not at all while it shrinks', () => {
    const { asked, need } = aView()
    need(100)
    for (let width = 101; width <= 200; width++) {
      need(width)
      vi.advanceTimersByTime(10)
    }
    expect(asked.length).toBeLessThanOrEqual(6)
    vi.runAllTimers()
    expect(asked.at(-1)).toBe(200)
    const before = asked.length
    for (let width = 199; width >= 100; width--) {
      need(width)
      vi.advanceTimersByTime(100)
    }
    expect(asked).toHaveLength(before)
    vi.runAllTimers()
    expect(asked.at(-1)).toBe(100)
    expect(asked).toHaveLength(before + 1)
  })

  it('forgets what it waited for when nothing is needed any more', () => {
    const { asked, need, hide } = aView()
    need(320)
    need(640)
    hide()
    vi.runAllTimers()
    expect(asked).toEqual([320])
  })
})
