import { describe, expect, it } from 'vitest'
import type { FakeConnection } from '../../test/support/fake-connection.ts'
import { declareNext } from '../../test/support/hub.ts'
import { makeSinks } from '../../test/support/sinks.ts'
import { apiLabelsSocket } from './api-labels-socket.ts'

function setUp({ messagesPerSecond = 10, maxMessageBytes = 1_000_000 } = {}) {
  const sinks = makeSinks()
  const handler = apiLabelsSocket({ ...sinks.parts, messagesPerSecond, maxMessageBytes })
  return { ...sinks, open: () => sinks.visit(handler, { label: 'site' }) }
}

/** The size in bytes of each picture in each message, by camera; every message is confirmed. */
function grids(socket: FakeConnection) {
  return socket.take().map(({ json, probe }) => {
    socket.pong(probe)
    const images = Array.isArray(json.images) ? json.images : []
    return Object.fromEntries(images.map(({ key, image }) => [key, atob(image).length]))
  })
}

describe('a socket of a site, first generation', () => {
  it('sends all cameras in each message, the first one too', async () => {
    const { publish, open, clock } = setUp()
    await publish('site', 'a', 1)
    await publish('site', 'b', 2)
    const socket = open()
    expect(grids(socket)).toEqual([{ a: 1, b: 2 }])
    clock.advance(100)
    await publish('site', 'b', 3)
    expect(grids(socket)).toEqual([{ a: 1, b: 3 }])
  })

  it('leaves out a camera until there is a picture of it that its viewer may see', async () => {
    const { hub, publish, open, clock } = setUp()
    declareNext(hub, 'site', 'next')
    await publish('site', 'a', 1)
    const first = open()
    await publish('site', 'next', 2)
    clock.advance(100)
    expect(grids(first).at(-1)).toEqual({ a: 1, next: 2 })
    const second = open()
    expect(grids(second)).toEqual([{ a: 1 }])
    clock.advance(100)
    await publish('site', 'a', 3)
    expect([grids(first), grids(second)]).toEqual([[{ a: 3, next: 2 }], [{ a: 3 }]])
    clock.advance(100)
    await publish('site', 'next', 4)
    expect([grids(first), grids(second)]).toEqual([[{ a: 3, next: 4 }], [{ a: 3, next: 4 }]])
  })

  it.each([
    [10, 100],
    [4, 250],
    [0.1, 10_000],
  ])('sends at most %s messages a second, each with all that came meanwhile', async (messagesPerSecond, period) => {
    const { publish, open, clock } = setUp({ messagesPerSecond })
    await publish('site', 'a', 1)
    const socket = open()
    expect(grids(socket)).toHaveLength(1)
    await publish('site', 'a', 2)
    await publish('site', 'b', 3)
    clock.advance(period - 1)
    expect(grids(socket)).toEqual([])
    clock.advance(1)
    expect(grids(socket)).toEqual([{ a: 2, b: 3 }])
    clock.advance(1000)
    expect(grids(socket)).toEqual([])
  })

  it('waits for the link, and then shows what is newest', async () => {
    const { publish, open, clock } = setUp()
    await publish('site', 'a', 1)
    const socket = open()
    expect(grids(socket)).toHaveLength(1)
    socket.stall()
    for (let bytes = 2; bytes < 6; bytes++) {
      clock.advance(100)
      await publish('site', 'a', bytes)
    }
    expect(grids(socket)).toEqual([{ a: 2 }])
    socket.drain()
    expect(grids(socket)).toEqual([{ a: 5 }])
  })

  it('makes one message for all who are due at the same time', async () => {
    const { publish, open, clock } = setUp()
    await publish('site', 'a', 1)
    const [first, second] = [open(), open()]
    clock.advance(100)
    await publish('site', 'a', 2)
    expect(first.written).toHaveLength(2)
    for (const n of [0, 1]) expect(first.written[n]?.buffer).toBe(second.written[n]?.buffer)
  })

  it('shows the cameras in turn if their pictures do not fit into one message', async () => {
    const { publish, open, clock } = setUp({ maxMessageBytes: 100 })
    for (const key of ['a', 'b', 'c']) await publish('site', key, 30)
    const socket = open()
    const seen = [grids(socket)]
    for (let i = 0; i < 3; i++) {
      await publish('site', 'c', 30)
      clock.advance(1000)
      seen.push(grids(socket))
    }
    const shown = seen.flat().map((grid) => Object.keys(grid).join(''))
    expect(shown.slice(0, 4)).toEqual(['ab', 'ac', 'bc', 'ab'])
  })

  it('shows all cameras of a still label, though they do not fit into one message', async () => {
    const { publish, open, clock } = setUp({ maxMessageBytes: 100 })
    for (const key of ['a', 'b', 'c', 'd', 'e']) await publish('site', key, 30)
    const socket = open()
    const seen = [grids(socket)]
    for (let i = 0; i < 5; i++) {
      clock.advance(1000)
      seen.push(grids(socket))
    }
    expect(seen.flat().map((grid) => Object.keys(grid).join(''))).toEqual(['ab', 'cd', 'ae'])
  })

  it('leaves out a picture that is larger than a message', async () => {
    const { publish, open } = setUp({ maxMessageBytes: 100 })
    await publish('site', 'a', 400)
    await publish('site', 'b', 1)
    expect(grids(open())).toEqual([{ b: 1 }])
  })

  it('sends large messages less often', async () => {
    const { publish, open, clock } = setUp({ maxMessageBytes: 1000 })
    await publish('site', 'a', 700)
    const socket = open()
    let sent = 0
    for (let ms = 0; ms < 10_000; ms += 50) {
      await publish('site', 'a', 700)
      clock.advance(50)
      sent += grids(socket).length
    }
    expect(sent).toBeGreaterThan(17)
    expect(sent).toBeLessThanOrEqual(23)
  })

  it('says that there is no such label, and closes', () => {
    const socket = setUp().open()
    expect(socket.take().map(({ json }) => json)).toEqual([{ error: "No keys found for label 'site'" }])
    expect(socket.closing).toEqual({ code: 1000, reason: 'no such label' })
  })
})
