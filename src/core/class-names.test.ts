import { expect, it } from 'vitest'
import { classNamesOf, parseClassNames } from './class-names.ts'

it.each([
  ['*=Hardhat|Mask', '*', ['Hardhat', 'Mask']],
  [' site-? = NO-Safety Vest | 安全帽 ', 'site-?', ['NO-Safety Vest', '安全帽']],
  ['door=a=b|c', 'door', ['a=b', 'c']],
  ['door=one', 'door', ['one']],
])('reads %j', (entry, labels, names) => {
  expect(parseClassNames(entry)).toEqual({ labels, names })
})

it('takes the names of the first entry that the label fits', () => {
  const entries = ['site-2=two', 'site-*=any', 'door=door'].map(parseClassNames)
  expect(classNamesOf('site-2', entries)).toEqual(['two'])
  expect(classNamesOf('site-3', entries)).toEqual(['any'])
  expect(classNamesOf('door', entries)).toEqual(['door'])
})

it('knows no names for a label that no entry is for', () => {
  expect(classNamesOf('garden', [parseClassNames('site-*=any')])).toEqual([])
})
