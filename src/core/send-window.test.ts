import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LinkRun, runLink } from '../../test/support/simulated-link.ts'
import { ProbePace, SendWindow } from './send-window.ts'

const FRAME = 50_000
const local: LinkRun = { roundTrip: 1, bytesPerSecond: 1e9, frameBytes: FRAME, fps: 30, duration: 30_000 }

function ages(run: LinkRun, from: number, until = run.duration) {
  const late = runLink(run).arrivals.filter(({ at }) => at >= from && at < until)
  const sorted = late.map(({ age }) => age).sort((a, b) => a - b)
  return {
    p99: sorted[Math.floor(0.99 * sorted.length)] ?? Number.POSITIVE_INFINITY,
    fps: (late.length * 1000) / (until - from),
    old: sorted.filter((age) => age > 300).length,
  }
}

describe('a send window on a link that keeps up', () => {
  it('lets every frame through and probes only every other one', () => {
    const { arrivals, probes } = runLink(local)
    expect(arrivals).toHaveLength(900)
    expect(probes).toBeLessThan(460)
  })

  it('has at most three frames in flight when the peer stops reading', () => {
    for (const fps of [10, 30, 100])
      for (const start of [15_000, 15_005, 15_011]) {
        const { old } = ages({ ...local, fps, pause: [start, 25_000] }, 25_000)
        expect(old).toBeLessThanOrEqual(3)
      }
  })

  it('goes on with the newest frame as soon as the peer reads on', () => {
    const { arrivals } = runLink({ ...local, fps: 100, pause: [15_000, 25_000] })
    const fresh = arrivals.filter(({ at, age }) => at >= 25_000 && age < 50)
    expect(fresh[0]?.at).toBeLessThan(25_050)
  })
})

describe('a send window on a slow link', () => {
  it('fills it and shows nothing older than 300 ms', () => {
    for (const confirmation of ['pong', 'credit'] as const) {
      const { p99, fps } = ages({ ...local, bytesPerSecond: 500_000, duration: 90_000, confirmation }, 30_000)
      expect(p99).toBeLessThan(300)
      expect(fps).toBeGreaterThan(9)
    }
  })

  it('is fresh again within a second after a fast link turned slow', () => {
    const { p99 } = ages({ ...local, bytesPerSecond: 1e8, change: { at: 15_000, bytesPerSecond: 500_000 } }, 16_000)
    expect(p99).toBeLessThan(300)
  })

  it('uses all of a link that turned fast again', () => {
    const { fps } = ages({ ...local, bytesPerSecond: 500_000, change: { at: 15_000, bytesPerSecond: 1e7 } }, 18_000)
    expect(fps).toBeGreaterThan(29)
  })
})

describe('a send window on a long link', () => {
  it('opens its window until all frames fit', () => {
    const { fps, p99 } = ages({ ...local, roundTrip: 300, bytesPerSecond: 5e6 }, 10_000)
    expect(fps).toBeGreaterThan(29)
    expect(p99).toBeLessThan(200)
  })

  it('is not starved by round trips that vary', () => {
    const random = lcg(7)
    const { fps } = ages({ ...local, roundTrip: 100, bytesPerSecond: 5e6, jitter: 60, random }, 10_000)
    expect(fps).toBeGreaterThan(27)
  })
})

describe('a send window of whatever link', () => {
  const link = fc.record({
    roundTrip: fc.integer({ min: 0, max: 500 }),
    bytesPerSecond: fc.integer({ min: 200_000, max: 100_000_000 }),
    frameBytes: fc.integer({ min: 1000, max: 200_000 }),
    fps: fc.integer({ min: 1, max: 120 }),
    confirmation: fc.constantFrom('pong', 'credit'),
  })

  it('never stops, uses most of what the link carries, and keeps its queue to a few frames', () => {
    fc.assert(
      fc.property(link, (drawn) => {
        const run = { ...drawn, duration: 40_000 }
        const { p99, fps } = ages(run, 20_000)
        const carried = Math.min(run.fps, run.bytesPerSecond / run.frameBytes)
        const oneFrame = (run.frameBytes * 1000) / run.bytesPerSecond
        expect(fps).toBeGreaterThan(0.8 * carried - 0.1)
        // On its way, waiting for the next opening, and a queue of a few frames. On the longest and slowest links drawn
        // the worst of 25,000 runs stood 1 % above one round trip and that.
        expect(p99).toBeLessThan(1.1 * run.roundTrip + 4 * oneFrame + 1000 / run.fps + 150)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a send window of a peer', () => {
  it('that never answers is opened after three seconds and probed rarely', () => {
    const { arrivals, probes } = runLink({ ...local, answers: false })
    expect(arrivals.length).toBeGreaterThan(800)
    expect(probes).toBeLessThan(120)
  })

  it('that never gives a credit gets two frames and no more', () => {
    expect(runLink({ ...local, answers: false, confirmation: 'credit' }).arrivals).toHaveLength(2)
  })

  it('that confirms what was not asked, or confirms it twice, earns nothing', () => {
    const window = new SendWindow(new ProbePace(), 'credit')
    window.sent(10, FRAME, 0, 0)
    window.sent(11, FRAME, 0, 0)
    expect(window.confirmed(9, 5)).toBeUndefined()
    expect(window.confirmed(12, 5)).toBeUndefined()
    expect(window.open(5)).not.toBe(true)
    expect(window.confirmed(10, 6)).toEqual({ receivedAt: 0, roundTrip: 6 })
    expect(window.confirmed(10, 7)).toBeUndefined()
    expect(window.inFlight).toBe(1)
  })

  it('is told again of a probe that it answers late: all before it counts as read', () => {
    const window = new SendWindow(new ProbePace(), 'credit')
    for (const serial of [1, 2]) window.sent(serial, FRAME, 0, 0)
    window.confirmed(2, 10)
    expect(window.inFlight).toBe(0)
  })
})

describe('a send window of a peer that can never confirm', () => {
  const link = fc.record({
    roundTrip: fc.integer({ min: 0, max: 500 }),
    bytesPerSecond: fc.integer({ min: 200_000, max: 100_000_000 }),
    frameBytes: fc.integer({ min: 1000, max: 200_000 }),
    fps: fc.integer({ min: 1, max: 120 }),
    bufferBytes: fc.integer({ min: 16_384, max: 4_000_000 }),
  })

  it('holds nothing back, from the first frame on, and probes never', () => {
    const { arrivals, probes, mostInFlight } = runLink({ ...local, confirmation: 'none' })
    expect(arrivals).toHaveLength(900)
    expect(probes).toBe(0)
    expect(mostInFlight).toBe(0)
  })

  it('leaves the gating to what the kernel took: all that the link carries, no older than its buffer is deep', () => {
    fc.assert(
      fc.property(link, (drawn) => {
        const run = { ...drawn, confirmation: 'none', duration: 40_000 } as const
        const { p99, fps } = ages(run, 20_000)
        const carried = Math.min(run.fps, run.bytesPerSecond / run.frameBytes)
        const ms = (bytes: number) => (bytes * 1000) / run.bytesPerSecond
        expect(fps).toBeGreaterThan(0.9 * carried - 0.1)
        expect(p99).toBeLessThan(run.roundTrip / 2 + ms(run.bufferBytes + 2 * run.frameBytes) + 1000 / run.fps + 1)
      }),
      { numRuns: 100 },
    )
  })

  it('does not make the others ask less often', () => {
    const pace = new ProbePace()
    const window = new SendWindow(pace, 'none')
    for (let at = 0; at < 3000; at += 0.2) window.sent(0, FRAME, 0, at)
    expect(pace.spacing).toBe(2)
    expect(window.confirmed(0, 3000)).toBeUndefined()
  })
})

describe('the pace of probes', () => {
  it('asks a crowd less often than a few, down to every thirtieth frame', () => {
    const spacingAt = (framesPerSecond: number) => {
      const pace = new ProbePace()
      for (let i = 0; i < 3 * framesPerSecond; i++) pace.count((i * 1000) / framesPerSecond)
      return pace.spacing
    }
    expect(spacingAt(30)).toBe(2)
    expect(spacingAt(400)).toBe(2)
    expect(spacingAt(2000)).toBe(10)
    expect(spacingAt(6000)).toBe(30)
    expect(spacingAt(60_000)).toBe(30)
  })
})

/** Reproducible random numbers from 0 to 1 (Numerical Recipes' linear congruential generator). */
function lcg(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
