import { describe, expect, it } from 'vitest'
import { FairQueue } from './fair-queue.ts'

const nobody = () => false

/** Serves everything that waits. */
function drain(queue: FairQueue<string>): (string | undefined)[] {
  const served = []
  for (let item = queue.next(nobody); item !== undefined; item = queue.next(nobody)) served.push(item)
  return served
}

describe('a fair queue', () => {
  it('serves clients in turn, each in the order of its own items', () => {
    const queue = new FairQueue<string>()
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item.slice(0, 1), item)
    expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
    expect(queue.next(nobody)).toBeUndefined()
  })

  it('passes over a client that cannot be served now, which keeps its turn', () => {
    const queue = new FairQueue<string>()
    for (const item of ['a1', 'a2', 'b1', 'b2']) queue.add(item.slice(0, 1), item)
    expect(queue.next((client) => client === 'a')).toBe('b1')
    expect(queue.next(() => true)).toBeUndefined()
    expect(drain(queue)).toEqual(['a1', 'b2', 'a2'])
  })

  it('lets an item go that is still waiting', () => {
    const queue = new FairQueue<string>()
    for (const item of ['a1', 'a2', 'b1']) queue.add(item.slice(0, 1), item)
    expect([queue.remove('a', 'a1'), queue.remove('b', 'b1'), queue.remove('b', 'b1')]).toEqual([true, true, false])
    expect(drain(queue)).toEqual(['a2'])
  })
})
