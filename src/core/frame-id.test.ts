import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type FrameId, isAfter, nextFrameId, parseFrameId } from './frame-id.ts'

const ids = fc.tuple(fc.nat(), fc.nat()).map(([ms, seq]): FrameId => `${ms}-${seq}`)

it('a next id is after the last one, whatever the clock says', () => {
  fc.assert(
    fc.property(ids, fc.nat(), (last, now) => {
      expect(isAfter(nextFrameId(last, now), last)).toBe(true)
    }),
  )
})

it('ids are ordered by their numbers, not as texts', () => {
  expect(isAfter('10-0', '9-0')).toBe(true)
  expect(isAfter('9-10', '9-9')).toBe(true)
  expect(isAfter('9-9', '9-9')).toBe(false)
  expect(isAfter('0-0', undefined)).toBe(true)
})

it('what is no id is read as none', () => {
  for (const text of [
    '',
    '-',
    '1',
    '1-',
    '-1',
    '1-2-3',
    '01-0',
    '1.5-0',
    '1-x',
    '1e3-0',
    ' 1-0',
    `${'9'.repeat(17)}-0`,
  ])
    expect(parseFrameId(text)).toBeUndefined()
})
