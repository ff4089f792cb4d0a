import { describe, expect, it } from 'vitest'
import { type SilenceRules, stateInSilence } from './silence.ts'

const RULES: SilenceRules = {
  staleAfterIntervals: 3,
  staleAfter: 2000,
  offlineAfter: 30_000,
  firstOfflineAfter: 120_000,
}

const statesOf = (interval: number | undefined, silences: readonly number[], rules = RULES) =>
  silences.map((silence) => stateInSilence(silence, () => interval, rules))

describe('what a silence says of a stream', () => {
  it('of one with several frames a second', () => {
    expect(statesOf(100, [1999, 2000, 29_999, 30_000])).toEqual(['live', 'stale', 'stale', 'offline'])
  })

  it('of one with a frame every 40 s: nothing before three of them are missing', () => {
    expect(statesOf(40_000, [30_000, 119_999, 120_000])).toEqual(['live', 'live', 'offline'])
  })

  it('of one with a frame every 4 s: stale after three, offline as any other', () => {
    expect(statesOf(4000, [11_999, 12_000, 29_999, 30_000])).toEqual(['live', 'stale', 'stale', 'offline'])
  })

  it('of one that has sent too few frames: that none come, and for two minutes not that it is gone', () => {
    expect(statesOf(undefined, [1999, 2000, 119_999, 120_000])).toEqual(['live', 'stale', 'stale', 'offline'])
    const patient = { ...RULES, offlineAfter: 600_000 }
    expect(statesOf(undefined, [120_000, 600_000], patient)).toEqual(['stale', 'offline'])
  })
})
