import { describe, expect, it } from 'vitest'
import { isSelected, sitesOf, streamFromQuery, withToggled } from './stream-selection.ts'

const streams = [
  { label: 'North', key: 'Gate' },
  { label: 'North', key: 'Crane' },
  { label: 'Lab', key: 'Beam' },
]

describe('what can be chosen', () => {
  it('is by site', () => {
    expect(sitesOf(streams, '')).toEqual([
      { label: 'North', keys: ['Gate', 'Crane'] },
      { label: 'Lab', keys: ['Beam'] },
    ])
  })

  it('has all words that are searched for in its name', () => {
    expect(sitesOf(streams, 'nor CRA')).toEqual([{ label: 'North', keys: ['Crane'] }])
    expect(sitesOf(streams, 'south')).toEqual([])
  })
})

describe('what is chosen', () => {
  const gate = { label: 'North', key: 'Gate' }
  const crane = { label: 'North', key: 'Crane' }
  const lab = { label: 'Lab' }

  it('comes and goes', () => {
    const both = withToggled(withToggled([], gate), crane)
    expect(both).toEqual([gate, crane])
    expect(withToggled(both, gate)).toEqual([crane])
  })

  it('is a whole site in the place of its streams, and not those of others', () => {
    const all = withToggled([gate, crane, lab], { label: 'North' })
    expect(all).toEqual([lab, { label: 'North' }])
    expect(isSelected(all, { label: 'North' })).toBe(true)
    expect(isSelected(all, gate)).toBe(false)
  })

  it('is a stream in the place of its whole site', () => {
    expect(withToggled([{ label: 'North' }, lab], gate)).toEqual([lab, gate])
  })
})

describe('the stream that the address asks for', () => {
  it.each([
    ['North/Gate', { label: 'North', key: 'Gate' }],
    ['a%2Fb/c%20d', { label: 'a/b', key: 'c d' }],
    ['a/b/c', { label: 'a', key: 'b/c' }],
    ['100%/x', { label: '100%', key: 'x' }],
    ['North', { label: 'North' }],
    ['/x', undefined],
    ['', undefined],
    [null, undefined],
  ])('is read from %j', (parameter, stream) => {
    expect(streamFromQuery(parameter)).toEqual(stream)
  })
})
