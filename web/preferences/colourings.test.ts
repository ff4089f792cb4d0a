import { expect, it } from 'vitest'
import type { ColouringWish } from '../../src/core/colouring.ts'
import { readColourings, withColouring } from './colourings.ts'

const image = { label: 'beamline', key: 'image' }
const other = { label: 'beamline', key: 'other' }

it.each<ColouringWish>([
  { colormap: 'jet' },
  { levels: { min: -1.5, max: 1e12 } },
  { colormap: 'hot', levels: { percentiles: [0.5, 99] }, log: true },
  { levels: 'auto', log: false },
])('the colours chosen for a stream are stored and read again: %j', (wish) => {
  expect(readColourings(withColouring(undefined, image, wish))).toEqual([{ ...image, colouring: wish }])
})

it('each stream has its own, which replace those from before', () => {
  const first = withColouring(withColouring(undefined, image, { colormap: 'jet' }), other, { log: true })
  const after = withColouring(first, image, { colormap: 'hot' })
  expect(readColourings(after)).toEqual([
    { ...other, colouring: { log: true } },
    { ...image, colouring: { colormap: 'hot' } },
  ])
  expect(readColourings(withColouring(after, other, undefined))).toEqual([{ ...image, colouring: { colormap: 'hot' } }])
})

it('what is stored is not trusted', () => {
  const text = JSON.stringify([
    7,
    null,
    {},
    { ...image, colormap: 'x' },
    { ...other, levels: '5,1' },
    { ...image, log: 1 },
  ])
  expect(readColourings(text)).toEqual([])
  expect(readColourings('no JSON')).toEqual([])
  expect(readColourings(JSON.stringify([{ ...image, levels: 'p1,p99' }]))).toEqual([
    { ...image, colouring: { levels: { percentiles: [1, 99] } } },
  ])
})

it('there is a maximum, beyond which the oldest are dropped', () => {
  let text: string | undefined
  for (let n = 0; n <= 30; n++) text = withColouring(text, { label: 'beamline', key: String(n) }, { log: true })
  const stored = readColourings(text)
  expect(stored.map(({ key }) => key)).toEqual(Array.from({ length: 30 }, (_, n) => String(n + 1)))
})
