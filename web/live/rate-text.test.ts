import { expect, it } from 'vitest'
import { rateText } from './rate-text.ts'

it('has a decimal, and of a slow stream what tells it from one that stands still', () => {
  expect([29.97, 1, 0.25, 1 / 40, 0].map(rateText)).toEqual(['30.0', '1.0', '0.25', '0.025', '0.0'])
})
