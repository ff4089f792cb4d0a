import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeUnitOrder, naturalOrder, orderOfStreams } from './name-order.ts'

/** Names that people take for alike: by leading zeros, invisible characters or the width of digits. */
const alike = fc.constantFrom('cam 1', 'cam 01', 'cam 001', 'cam\u00ad 1', 'cam 1\u200b', 'cam １', 'CAM 1', 'cam 2')

describe.each([
  ['the order of code units', codeUnitOrder],
  ['the natural order', naturalOrder('en')],
  ['the natural order of another language', naturalOrder('zh-TW')],
])('%s', (_, order) => {
  it('has a place of its own for each name, whatever order they come in', () => {
    const name = fc.oneof(alike, fc.string({ maxLength: 5 }))
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), (names) => {
        expect(names.toReversed().toSorted(order)).toEqual(names.toSorted(order))
      }),
    )
    fc.assert(fc.property(name, name, (a, b) => (order(a, b) === 0) === (a === b)))
  })
})

it('the natural order has numbers by their value', () => {
  const names = ['cam 10', 'cam 2', 'cam 01', 'Cam 3', 'cam 1']
  expect(names.toSorted(naturalOrder('en'))).toEqual(['cam 01', 'cam 1', 'cam 2', 'Cam 3', 'cam 10'])
})

it('the streams of a label are together, also beside a label that looks alike', () => {
  const names = ['1/b', '01/a', '1/a', '01/b'].map((name) => {
    const [label = '', key = ''] = name.split('/')
    return { label, key }
  })
  const sorted = names.toSorted(orderOfStreams(naturalOrder('en')))
  expect(sorted.map(({ label, key }) => `${label}/${key}`)).toEqual(['01/a', '01/b', '1/a', '1/b'])
})
