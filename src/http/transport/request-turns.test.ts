import { describe, expect, it } from 'vitest'
import { RequestTurns } from './request-turns.ts'

/** A turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function setUp(perTurn: number) {
  const limits: string[] = []
  const started: string[] = []
  const turns = new RequestTurns(perTurn, (limit) => limits.push(limit))
  const ask = (client: string, request = client) =>
    turns.take(
      () => client,
      () => started.push(request),
    )
  return { ask, started, limits }
}

describe('the turns of requests', () => {
  it('start few requests at once', () => {
    const { ask, started, limits } = setUp(3)
    for (const client of ['a', 'a', 'b']) ask(client)
    expect([started, limits]).toEqual([['a', 'a', 'b'], []])
  })

  it('start so many in a turn, and all of them in the end', async () => {
    const { ask, started, limits } = setUp(3)
    for (let i = 0; i < 20; i++) ask('a', `${i}`)
    const counts = [started.length]
    while (started.length < 20) {
      await turn()
      counts.push(started.length)
    }
    for (const [i, count] of counts.entries()) expect(count - (counts[i - 1] ?? 0)).toBeLessThanOrEqual(3)
    expect(started).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`))
    expect(limits).toEqual(Array.from({ length: 17 }, () => 'limits.requests_per_turn'))
  })

  it('let nobody wait for all that somebody else asks for', async () => {
    const { ask, started } = setUp(2)
    for (let i = 0; i < 1000; i++) ask('flood')
    ask('honest')
    await turn()
    await turn()
    expect(started).toContain('honest')
    expect(started.length).toBeLessThan(10)
  })

  it('begin anew with each turn', async () => {
    const { ask, started } = setUp(1)
    for (let i = 1; i <= 5; i++) {
      ask('a')
      expect(started).toHaveLength(i)
      await turn()
    }
  })
})
