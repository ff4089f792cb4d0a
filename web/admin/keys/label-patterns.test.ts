import { describe, expect, it } from 'vitest'
import { exampleLabel, matchingLabels } from './label-patterns.ts'

const labels = ['North gate', 'North yard', '南區', 'Lab 1']

describe('the labels that a key is good for', () => {
  it.each([
    [['*'], labels],
    [['North*'], ['North gate', 'North yard']],
    [
      ['Lab ?', '南*'],
      ['南區', 'Lab 1'],
    ],
    [['Lab'], []],
    [[], []],
  ])('are those that one of the patterns fits: %j', (patterns, found) => {
    expect(matchingLabels(patterns, labels)).toEqual(found)
  })
})

describe('the label of the example', () => {
  it('is one there is, if one fits', () => {
    expect(exampleLabel(['South', '*yard'], labels)).toBe('North yard')
  })

  it('is made of the pattern, if none does', () => {
    expect(exampleLabel(['east-*'], labels)).toBe('east-')
    expect(exampleLabel(['cam??'], [])).toBe('cam11')
  })

  it('is a word where the pattern says nothing', () => {
    expect(exampleLabel(['*'], [])).toBe('site')
  })
})
