import { expect, it } from 'vitest'
import { ActiveWarnings } from './active-warnings.ts'

const HARDHAT = ['no_hardhat']

it('names what the last frames warn of', () => {
  const warnings = new ActiveWarnings()
  warnings.take(HARDHAT, 0)
  warnings.take(['no_hardhat', 'no_safety_vest'], 100)
  expect(warnings.names).toEqual(['no_hardhat', 'no_safety_vest'])
})

it('lets a warning stand for a second after the last frame that had it', () => {
  const warnings = new ActiveWarnings()
  warnings.take(HARDHAT, 0)
  warnings.take([], 100)
  warnings.settle(900)
  expect(warnings.names).toEqual(['no_hardhat'])
  warnings.settle(1001)
  expect(warnings.names).toEqual([])
})

it('gives the same array while nothing changes, however often it is seen', () => {
  const warnings = new ActiveWarnings()
  warnings.take(HARDHAT, 0)
  const before = warnings.names
  for (let i = 1; i < 50; i++) warnings.take(HARDHAT, i * 100)
  warnings.settle(4900)
  expect(warnings.names).toBe(before)
})

it('keeps the newest twenty of lines that differ with each frame', () => {
  const warnings = new ActiveWarnings()
  for (let i = 1; i <= 500; i++) warnings.take([`${i} people too close`], i)
  expect(warnings.names).toHaveLength(20)
  expect(warnings.names.at(-1)).toBe('500 people too close')
})
