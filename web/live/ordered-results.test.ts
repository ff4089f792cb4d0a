import { describe, expect, it } from 'vitest'
import { OrderedResults } from './ordered-results.ts'

describe('OrderedResults', () => {
  it('gives results in the order in which the work was begun, whichever is done first, and errors to their own work only', async () => {
    const ordered = new OrderedResults()
    const works = [
      Promise.withResolvers<string>(),
      Promise.withResolvers<string>(),
      Promise.withResolvers<string>(),
    ] as const
    const given: string[] = []
    const all = Promise.all(
      works.map((work) =>
        ordered.add(work.promise).then(
          (result) => given.push(result),
          (error: Error) => given.push(error.message),
        ),
      ),
    )
    works[2].resolve('third')
    works[1].reject(new Error('second failed'))
    await new Promise(setImmediate)
    expect(given).toEqual([])
    works[0].resolve('first')
    await all
    expect(given).toEqual(['first', 'second failed', 'third'])
  })
})
