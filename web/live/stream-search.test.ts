import { describe, expect, it } from 'vitest'
import { streamSearch } from './stream-search.ts'

const GATE = { label: 'North', key: 'Gate 2' }

describe('streamSearch', () => {
  it('finds every word in label or key, in any case and order', () => {
    expect(streamSearch('gate  NORTH 2')(GATE)).toBe(true)
    expect(streamSearch('gate 3')(GATE)).toBe(false)
    expect(streamSearch('工')({ label: '工地', key: 'crane' })).toBe(true)
  })

  it('finds all streams where nothing is searched for', () => {
    expect(streamSearch(' ')(GATE)).toBe(true)
  })
})
