import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WatchLimits } from '../../client/index.ts'
import { ViewWatch } from './view-watch.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function aView() {
  const told: (WatchLimits | 'end')[] = []
  const tell = (limits: WatchLimits) => told.push({ ...limits })
  const view = new ViewWatch((limits) => {
    tell(limits)
    return { change: tell, end: () => told.push('end') }
  })
  return { view, told }
}

const TILE = { fps: 15, width: 480, height: 270, scale: 1 }

describe('ViewWatch', () => {
  it('asks for nothing before the view can be seen, then for its width in device pixels', () => {
    const { view, told } = aView()
    view.picture = { width: 1280, height: 720 }
    expect(told).toEqual([])
    view.demand = TILE
    expect(told).toEqual([{ maxFps: 15, width: 480 }])
  })

  it('asks for less once the pictures turn out to be high and narrow', () => {
    const { view, told } = aView()
    view.demand = TILE
    view.picture = { width: 720, height: 1280 }
    vi.runAllTimers()
    expect(told.at(-1)).toEqual({ maxFps: 15, width: 152 })
  })

  it('keeps its watch while the view changes, and has another once it is seen again', () => {
    const { view, told } = aView()
    view.demand = TILE
    view.demand = { ...TILE, fps: 30, width: 1440, height: 810 }
    vi.runAllTimers()
    view.demand = undefined
    view.demand = TILE
    expect(told.filter((each) => each === 'end')).toHaveLength(1)
    expect(told.slice(-3)).toEqual([{ maxFps: 30, width: 1440 }, 'end', { maxFps: 15, width: 480 }])
  })
})
