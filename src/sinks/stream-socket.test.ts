import { describe, expect, it } from 'vitest'
import { makeSinks } from '../../test/support/sinks.ts'
import { streamSocket } from './stream-socket.ts'

function setUp() {
  const sinks = makeSinks()
  const socket = sinks.visit(streamSocket(sinks.parts), { label: 'site', key: 'a' })
  const publish = async (key = 'a') => (await sinks.publish('site', key)).id
  const ids = () => socket.take().map(({ header }) => header.id)
  return { ...sinks, socket, publish, ids, pull: () => socket.receive({ action: 'pull' }) }
}

describe('a stream socket', () => {
  it('sends nothing that was not pulled, and the newest when it is', async () => {
    const { publish, ids, pull } = setUp()
    await publish()
    const newest = await publish()
    expect(ids()).toEqual([])
    pull()
    expect(ids()).toEqual([newest])
  })

  it('holds one pull until the next frame, which answers it once, however many were sent', async () => {
    const { publish, ids, pull } = setUp()
    for (let i = 0; i < 3; i++) pull()
    expect(ids()).toEqual([])
    const first = await publish()
    expect(ids()).toEqual([first])
    await publish()
    const newest = await publish()
    expect(ids()).toEqual([])
    pull()
    expect(ids()).toEqual([newest])
  })

  it('sends nothing for a held pull once its connection has ended', async () => {
    const { publish, socket, ids, pull } = setUp()
    pull()
    socket.leave()
    await publish()
    expect(ids()).toEqual([])
  })

  it('keeps one pull that the link has no room for, and answers it once with the newest', async () => {
    const { publish, socket, ids, pull } = setUp()
    await publish()
    socket.stall()
    pull()
    expect(ids()).toHaveLength(1)
    await publish()
    pull()
    pull()
    const newest = await publish()
    expect(ids()).toEqual([])
    socket.drain()
    expect(ids()).toEqual([newest])
    await publish()
    expect(ids()).toEqual([])
  })

  it('knows nothing of other streams', async () => {
    const { publish, pull, ids } = setUp()
    pull()
    await publish('b')
    expect(ids()).toEqual([])
  })

  it.each([
    ['{"action":"ping"}', '{"action":"pong"}'],
    ['{"action":"push"}', '{"error":"unknown action"}'],
    ['pull', '{"error":"unknown action"}'],
    ['null', '{"error":"unknown action"}'],
  ])('answers %s with %s', (message, answer) => {
    const { socket } = setUp()
    socket.receive(message)
    expect(socket.take().map(({ text }) => text)).toEqual([answer])
  })

  it('answers bytes, which it does not know, and stays open', () => {
    const { socket } = setUp()
    socket.receive(new Uint8Array(3))
    expect(socket.take().map(({ text }) => text)).toEqual(['{"error":"unknown action"}'])
    expect(socket.closing).toBeUndefined()
  })
})
