import { expect, it } from 'vitest'
import { ActiveWarnings } from './active-warnings.ts'

const HARDHAT = ['no_hardhat']

function settle(warnings: ActiveWarnings, now: number, { isLive = true, interval = 100 } = {}) {
  warnings.settle(now, isLive, () => interval)
}

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
  settle(warnings, 900)
  expect(warnings.names).toEqual(['no_hardhat'])
  settle(warnings, 1001)
  expect(warnings.names).toEqual([])
})

it('lets a warning stand while the newest frame has it, however slow the stream, until the stream is silent', () => {
  const warnings = new ActiveWarnings()
  warnings.take(HARDHAT, 0)
  settle(warnings, 60_000)
  expect(warnings.names).toEqual(['no_hardhat'])
  settle(warnings, 60_250, { isLive: false })
  expect(warnings.names).toEqual([])
})

it('lets one frame without it pass where frames are few, but not two', () => {
  const warnings = new ActiveWarnings()
  const few = { interval: 5000 }
  warnings.take(HARDHAT, 0)
  warnings.take([], 5000)
  settle(warnings, 9900, few)
  warnings.take(HARDHAT, 10_000)
  settle(warnings, 14_900, few)
  expect(warnings.names).toEqual(['no_hardhat'])
  warnings.take([], 15_000)
  warnings.take([], 20_100)
  settle(warnings, 22_400, few)
  expect(warnings.names).toEqual(['no_hardhat'])
  settle(warnings, 22_600, few)
  expect(warnings.names).toEqual([])
})

it('gives the same array while nothing changes, however often it is seen', () => {
  const warnings = new ActiveWarnings()
  warnings.take(HARDHAT, 0)
  const before = warnings.names
  for (let i = 1; i < 50; i++) warnings.take(HARDHAT, i * 100)
  settle(warnings, 4900)
  expect(warnings.names).toBe(before)
})

it('keeps the newest twenty of lines that differ with each frame', () => {
  const warnings = new ActiveWarnings()
  for (let i = 1; i <= 500; i++) warnings.take([`${i} people too close`], i)
  expect(warnings.names).toHaveLength(20)
  expect(warnings.names.at(-1)).toBe('500 people too close')
})
