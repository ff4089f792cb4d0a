import { expect, it } from 'vitest'
import { frameInput } from '../../test/support/hub.ts'
import { Frame, type FrameInput } from './frame.ts'
import { weightOfJson, weightOfText } from './json.ts'

it('is what a parsed value takes in memory, not what its text did', () => {
  expect(weightOfText('ab')).toBe(4)
  for (const value of [null, true, 0.5, [], {}, '']) expect(weightOfJson(value)).toBe(48)
  expect(weightOfJson('ab')).toBe(52)
  expect(weightOfJson([1, [2, {}]])).toBe(5 * 48)
  expect(weightOfJson({ a: 1, bc: ['d'] })).toBe(4 * 48 + 4 * 2)
})

it('of a frame is its picture and all that came with it', () => {
  const bare = frameInput('a', 'b', 100)
  const weigh = (input: FrameInput) => new Frame(input, '1-0', 1, 1)
  expect(weigh(bare)).toMatchObject({ weight: 100, metadataWeight: 0 })
  const annotations = {
    warnings: 'wxyz',
    cone_polygons: '',
    pole_polygons: '[]',
    detection_items: '',
    width: 1,
    height: 1,
  }
  const input = { ...bare, annotations, warnings: ['hot'], metadata: { list: [[], []] } }
  const metadataWeight = 2 * (4 + 2) + 2 * 3 + 2 * 4 + 3 * 48
  expect(weigh(input)).toMatchObject({ weight: 100 + metadataWeight, metadataWeight })
})
