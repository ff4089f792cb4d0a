import { describe, expect, it } from 'vitest'
import { adjacentStream } from './adjacent-stream.ts'

const [a, b, c] = ['a', 'b', 'c'].map((key) => ({ label: 'site', key }))
const gone = { label: 'site', key: 'gone' }
const all = [a, b, c].filter((each) => each !== undefined)

describe('adjacentStream', () => {
  it('goes round and round', () => {
    expect(adjacentStream(all, all[0] ?? gone, 1)).toBe(b)
    expect(adjacentStream(all, all[2] ?? gone, 1)).toBe(a)
    expect(adjacentStream(all, all[0] ?? gone, -1)).toBe(c)
  })

  it('leads from a camera that is gone to one that is there', () => {
    expect(adjacentStream(all, gone, 1)).toBe(a)
    expect(adjacentStream(all, gone, -1)).toBe(c)
  })

  it('leads nowhere from the only one, and where there is none', () => {
    expect(adjacentStream(all.slice(0, 1), all[0] ?? gone, 1)).toBeUndefined()
    expect(adjacentStream([], gone, 1)).toBeUndefined()
  })
})
