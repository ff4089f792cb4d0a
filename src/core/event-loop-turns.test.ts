import { describe, expect, it } from 'vitest'
import { EventLoopTurns } from './event-loop-turns.ts'

/** A turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the turns of sockets', () => {
  it('are over when messages were handled for long, and begin anew', async () => {
    const turns = new EventLoopTurns(setImmediate)
    const { current } = turns
    expect(turns.isOver).toBe(false)
    turns.spend(3)
    expect(turns.isOver).toBe(false)
    turns.spend(3)
    expect(turns.isOver).toBe(true)
    await turn()
    expect([turns.isOver, turns.current]).toEqual([false, current + 1])
  })

  it('serve those who wait, client by client, until the turn is over', async () => {
    const turns = new EventLoopTurns(setImmediate)
    const served: string[] = []
    const wait = (client: string) =>
      turns.after(client, () => {
        served.push(client)
        turns.spend(2)
      })
    for (let i = 0; i < 100; i++) wait('flood')
    wait('honest')
    await turn()
    expect(served).toEqual(['flood', 'honest', 'flood'])
    await turn()
    expect(served).toHaveLength(6)
  })

  it('are given to whoever asks for one, until so much work as they say is begun', async () => {
    const turns = new EventLoopTurns(setImmediate)
    const served: string[] = []
    const ask = (client: string) => turns.turnFor(client, 2).then(() => served.push(client))
    for (let i = 0; i < 5; i++) void ask('flood')
    void ask('honest')
    await Promise.resolve()
    expect(served).toEqual(['flood', 'flood', 'flood'])
    await turn()
    expect(served.slice(3)).toEqual(['flood', 'honest', 'flood'])
  })

  it('serve nobody twice in a turn', async () => {
    const turns = new EventLoopTurns(setImmediate)
    let count = 0
    const again = () => {
      count++
      turns.after('a', again)
    }
    turns.after('a', again)
    for (let i = 1; i <= 4; i++) {
      await turn()
      expect(count).toBe(i)
    }
  })

  it('leave out who has gone', async () => {
    const turns = new EventLoopTurns(setImmediate)
    const served: string[] = []
    const cancel = turns.after('a', () => served.push('a'))
    turns.after('b', () => served.push('b'))
    cancel()
    await turn()
    expect(served).toEqual(['b'])
  })

  it('are shared by what is handled later in them, by its bytes', async () => {
    const turns = new EventLoopTurns(setImmediate)
    const handled: string[] = []
    const handle = (client: string, bytes: number) => turns.handle(client, bytes, () => handled.push(client))
    for (let i = 0; i < 4; i++) handle('flood', 200_000)
    handle('honest', 200_000)
    handle('small', 1000)
    expect(handled).toEqual(['flood', 'flood', 'small'])
    await turn()
    expect(handled.slice(3)).toEqual(['flood', 'honest'])
    await turn()
    expect(handled.slice(5)).toEqual(['flood'])
  })
})
