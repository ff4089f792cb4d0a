import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SilenceWatch } from './response-timeout.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function watchSilence() {
  const silent = vi.fn()
  const askAgain = vi.fn()
  return { silent, askAgain, watch: new SilenceWatch(6000, Date.now, silent, askAgain) }
}

describe('SilenceWatch', () => {
  it('tells when nothing came for too long after a question, counted from the first', () => {
    const { watch, silent } = watchSilence()
    watch.asked()
    vi.advanceTimersByTime(2500)
    watch.asked()
    vi.advanceTimersByTime(3499)
    expect(silent).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(silent).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('says nothing while nothing was asked, nor when something came', () => {
    const { watch, silent } = watchSilence()
    vi.advanceTimersByTime(60_000)
    watch.asked()
    vi.advanceTimersByTime(5999)
    watch.heard()
    vi.advanceTimersByTime(60_000)
    expect(silent).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives an answer that waited in a sleeping machine the chance to be heard', () => {
    const { watch, silent, askAgain } = watchSilence()
    watch.asked()
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(6000)
    expect(silent).not.toHaveBeenCalled()
    expect(askAgain).toHaveBeenCalledTimes(1)
    watch.heard()
    vi.advanceTimersByTime(6000)
    expect(silent).not.toHaveBeenCalled()
  })

  it('tells when nothing came after that chance either', () => {
    const { watch, silent } = watchSilence()
    watch.asked()
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(12_000)
    expect(silent).toHaveBeenCalledTimes(1)
  })
})
