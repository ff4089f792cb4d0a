import { describe, expect, it } from 'vitest'
import { streamId } from '../../src/core/stream-name.ts'
import { filterStreams } from './filter-streams.ts'
import { readWallSettings } from './wall-settings.ts'

const streams = [
  { label: 'North', key: 'Gate 1' },
  { label: 'North', key: 'Gate 2' },
  { label: '工地', key: 'crane' },
]
const usual = readWallSettings(new URLSearchParams())
const keys = (chosen: { key: string }[]) => chosen.map(({ key }) => key)

describe('filterStreams', () => {
  it('keeps all streams, in their order, when nothing is asked for', () => {
    expect(filterStreams(streams, usual, new Map())).toEqual(streams)
  })

  it('finds every word of a search in label or key, in any case', () => {
    expect(keys(filterStreams(streams, { ...usual, search: 'gate  NORTH 2' }, new Map()))).toEqual(['Gate 2'])
    expect(keys(filterStreams(streams, { ...usual, search: '工' }, new Map()))).toEqual(['crane'])
  })

  it('keeps one label, or what warns', () => {
    expect(keys(filterStreams(streams, { ...usual, label: '工地' }, new Map()))).toEqual(['crane'])
    const warned = new Map([[streamId({ label: 'North', key: 'Gate 1' }), 'No hardhat']])
    expect(keys(filterStreams(streams, { ...usual, isWarningsOnly: true }, warned))).toEqual(['Gate 1'])
  })
})
