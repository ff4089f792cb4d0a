import { describe, expect, it } from 'vitest'
import { streamId } from '../../src/core/names.ts'
import { filterStreams, sectionsOf } from './filter-streams.ts'
import { readWallSettings } from './wall-settings.ts'

const streams = [
  { label: 'North', key: 'Gate 1' },
  { label: 'North', key: 'Gate 2' },
  { label: '工地', key: 'crane' },
]
const usual = readWallSettings(new URLSearchParams())
const keys = (chosen: { key: string }[]) => chosen.map(({ key }) => key)

describe('choose', () => {
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

describe('the sections of a wall', () => {
  const sections = (favourites: { label: string; key: string }[], of = streams) =>
    sectionsOf(of, new Set(favourites.map(streamId))).map(({ label, streams }) => [label, keys([...streams])])

  it('have the streams of a label together', () => {
    expect(sections([])).toEqual([
      ['North', ['Gate 1', 'Gate 2']],
      ['工地', ['crane']],
    ])
  })

  it('begin with the favourites, which are not shown twice', () => {
    expect(
      sections([
        { label: '工地', key: 'crane' },
        { label: 'North', key: 'Gate 2' },
        { label: 'x', key: 'gone' },
      ]),
    ).toEqual([
      [undefined, ['Gate 2', 'crane']],
      ['North', ['Gate 1']],
    ])
  })

  it('are one where there is one label, favourites at its beginning', () => {
    expect(sections([{ label: 'North', key: 'Gate 2' }], streams.slice(0, 2))).toEqual([
      ['North', ['Gate 2', 'Gate 1']],
    ])
    expect(sections([], [])).toEqual([])
  })
})
