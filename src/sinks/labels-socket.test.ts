import { describe, expect, it } from 'vitest'
import { makeSinks } from '../../test/support/sinks.ts'
import { labelsSocket } from './labels-socket.ts'

function setUp() {
  const sinks = makeSinks()
  return { ...sinks, open: () => sinks.visit(labelsSocket(sinks.parts), { label: 'site' }) }
}

describe('a labels socket', () => {
  it('sends first what each camera of the site shows, then every frame, also of cameras that come later', async () => {
    const { publish, open } = setUp()
    await publish('site', 'a', 5)
    await publish('site', 'b', 6)
    await publish('other', 'c')
    const socket = open()
    const first = socket.take()
    expect(first.map(({ header }) => header.key)).toEqual(['a', 'b'])
    expect(first.map(({ image }) => image.length)).toEqual([5, 6])
    for (const { probe } of first) socket.pong(probe)
    for (const key of ['b', 'new']) {
      const { id } = await publish('site', key)
      const [message] = socket.take()
      expect(message?.header).toMatchObject({ key, id, width: '0', height: '0' })
      socket.pong(message?.probe)
    }
    expect(socket.closing).toBeUndefined()
  })

  it('sends a camera that gets ahead of the link only as it is when there is room', async () => {
    const { publish, open } = setUp()
    await publish('site', 'a')
    const socket = open()
    const ids = []
    for (let n = 0; n < 4; n++) ids.push((await publish('site', 'a')).id)
    const [first, second] = socket.take()
    expect(second?.header.id).toBe(ids[0])
    socket.pong(first?.probe)
    expect(socket.take().map(({ header }) => header.id)).toEqual([ids[3]])
  })

  it('says that there is no such label, and closes', () => {
    const socket = setUp().open()
    expect(socket.take().map(({ json }) => json)).toEqual([{ error: "No keys found for label 'site'" }])
    expect(socket.closing).toEqual({ code: 1000, reason: 'no such label' })
  })

  it('is gone from the hub with its peer', async () => {
    const { publish, hub, open } = setUp()
    await publish('site', 'a')
    const socket = open()
    expect(hub.viewers).toBe(1)
    socket.leave()
    expect(hub.viewers).toBe(0)
  })
})
