import { describe, expect, it } from 'vitest'
import { streamId } from '../../src/core/stream-name.ts'
import { sectionsOf } from './wall-sections.ts'

const streams = [
  { label: 'North', key: 'Gate 1' },
  { label: 'North', key: 'Gate 2' },
  { label: '工地', key: 'crane' },
]
const keys = (chosen: { key: string }[]) => chosen.map(({ key }) => key)

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
