import { describe, expect, it } from 'vitest'
import { PulseSequence } from './pulse-sequence.ts'

/** A sequence after these pulses. */
function sequenceOf(ids: Iterable<number | bigint>): PulseSequence {
  const sequence = new PulseSequence()
  for (const id of ids) sequence.take(BigInt(id))
  return sequence
}

function* counted(first: number, last: number, step: number): Generator<number> {
  for (let id = first; id <= last; id += step) yield id
}

describe('the sequence of pulses', () => {
  it('counts what is missing where each pulse is counted', () => {
    const { lost, restarts, last } = sequenceOf([...counted(1, 20, 1), ...counted(23, 30, 1)])
    expect({ lost, restarts, last }).toEqual({ lost: 2, restarts: 0, last: 30n })
  })

  it('learns that only every tenth pulse comes', () => {
    expect(sequenceOf([...counted(1000, 1200, 10), ...counted(1250, 1300, 10)]).lost).toBe(4)
  })

  it('counts none as lost before it knows the step', () => {
    expect(sequenceOf([5, 105, 205]).lost).toBe(0)
  })

  it('follows a sender that changes its rate within half a second of its pulses', () => {
    const sequence = sequenceOf([...counted(1, 100, 1), ...counted(110, 600, 10)])
    const { lost } = sequence
    for (const id of counted(610, 900, 10)) sequence.take(BigInt(id))
    expect(sequence.lost).toBe(lost)
  })

  it('takes ids that go back, or far ahead, for a sender that was restarted', () => {
    const { lost, restarts } = sequenceOf([...counted(100, 120, 1), ...counted(1, 9, 1), 2n ** 63n, 2n ** 63n + 1n])
    expect({ lost, restarts }).toEqual({ lost: 0, restarts: 2 })
  })

  it('ignores a pulse that is repeated, and takes 0 for one', () => {
    expect(sequenceOf([0, 0, 1, 1, 2, 3, 4]).lost).toBe(0)
    expect(sequenceOf([0, 0, 1, 1, 2, 3, 4]).restarts).toBe(0)
    expect(sequenceOf([0]).last).toBe(0n)
  })
})
