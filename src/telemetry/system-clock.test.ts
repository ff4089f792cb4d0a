import { expect, it, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

it('never calls at once what is to be called in a thousand years', () => {
  vi.useFakeTimers()
  try {
    const called = vi.fn()
    const cancel = systemClock.after(1e13, called)
    vi.advanceTimersByTime(1_000_000)
    expect(called).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2 ** 31)
    expect(called).toHaveBeenCalledOnce()
    cancel()
  } finally {
    vi.useRealTimers()
  }
})
