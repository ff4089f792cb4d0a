import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ResponseTimeout } from './response-timeout.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function timeoutForTest() {
  const timedOut = vi.fn()
  const askAgain = vi.fn()
  return { timedOut, askAgain, timeout: new ResponseTimeout(6000, Date.now, timedOut, askAgain) }
}

describe('ResponseTimeout', () => {
  it('tells when nothing came for too long after a question, counted from the first', () => {
    const { timeout, timedOut } = timeoutForTest()
    timeout.asked()
    vi.advanceTimersByTime(2500)
    timeout.asked()
    vi.advanceTimersByTime(3499)
    expect(timedOut).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(timedOut).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('says nothing while nothing was asked, nor when something came', () => {
    const { timeout, timedOut } = timeoutForTest()
    vi.advanceTimersByTime(60_000)
    timeout.asked()
    vi.advanceTimersByTime(5999)
    timeout.heard()
    vi.advanceTimersByTime(60_000)
    expect(timedOut).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives an answer that waited in a sleeping machine the chance to be heard', () => {
    const { timeout, timedOut, askAgain } = timeoutForTest()
    timeout.asked()
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(6000)
    expect(timedOut).not.toHaveBeenCalled()
    expect(askAgain).toHaveBeenCalledTimes(1)
    timeout.heard()
    vi.advanceTimersByTime(6000)
    expect(timedOut).not.toHaveBeenCalled()
  })

  it('tells when nothing came after that chance either', () => {
    const { timeout, timedOut } = timeoutForTest()
    timeout.asked()
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(12_000)
    expect(timedOut).toHaveBeenCalledTimes(1)
  })
})
