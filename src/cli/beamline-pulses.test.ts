import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../../test/support/random.ts'
import { beamlinePulses } from './beamline-pulses.ts'

const [WIDTH, HEIGHT] = [64, 48]

describe("the simulated beamline's pulses", () => {
  it('are spots in the middle, with the sums of their columns and rows', () => {
    const { image, profileX, profileY, beamEnergy } = beamlinePulses(WIDTH, HEIGHT, randomNumbers(1))()
    const column = Array.from({ length: HEIGHT }, (_, y) => image[y * WIDTH + 20] ?? 0)
    expect(profileX[20]).toBeCloseTo(sum(column), 6)
    expect(profileY[30]).toBeCloseTo(sum(image.subarray(30 * WIDTH, 31 * WIDTH)), 6)
    expect(Math.abs(profileX.indexOf(Math.max(...profileX)) - WIDTH / 2)).toBeLessThan(8)
    expect(Math.abs(profileY.indexOf(Math.max(...profileY)) - HEIGHT / 2)).toBeLessThan(8)
    expect(Math.max(...image)).toBeGreaterThan(95)
    expect(Math.max(...image.subarray(0, WIDTH))).toBeLessThan(11)
    expect(beamEnergy).toBeGreaterThanOrEqual(5)
    expect(beamEnergy).toBeLessThan(5.5)
  })

  it('differ from each other everywhere', () => {
    const next = beamlinePulses(WIDTH, HEIGHT, randomNumbers(2))
    const [one, other] = [next().image, next().image]
    const same = one.filter((value, at) => value === other[at])
    expect(same.length).toBeLessThan(one.length / 100)
  })
})

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
