import { describe, expect, it } from 'vitest'
import { lineStyleOfClass } from './line-styles.ts'

describe('toneOfClass', () => {
  it('tells what is missing from what is worn, by colour and by line', () => {
    const missing = lineStyleOfClass('NO-Safety Vest')
    const worn = lineStyleOfClass('Safety Vest')
    expect(missing.colour).not.toBe(worn.colour)
    expect([missing.isDashed, worn.isDashed]).toEqual([true, false])
  })

  it('gives each kind of thing a colour of its own', () => {
    const names = ['Hardhat', 'NO-Hardhat', 'Person', 'Safety Cone', 'Machinery', 'Vehicle', 'Utility Pole', 'class 12']
    expect(new Set(names.map((name) => lineStyleOfClass(name).colour)).size).toBe(names.length)
  })
})
