import { describe, expect, it, vi } from 'vitest'
import { FakeConnection } from '../../test/support/fake-connection.ts'
import { anyone } from '../../test/support/hub.ts'
import { makeSinks } from '../../test/support/sinks.ts'
import { until } from '../../test/support/until.ts'
import { IMAGES, type ImageFrame } from '../core/frame.ts'
import type { EncodedImage } from '../core/payload.ts'
import type { Viewer } from '../core/viewer.ts'
import { binaryMessage, textMessage, type WireMessage } from '../wire/ws-frame.ts'
import { FrameSender, type FrameSenderOptions, framesOf, type PlainMessage } from './frame-sender.ts'

const numbered = (frame: ImageFrame): WireMessage => textMessage(`${frame.stream.key} ${frame.sequence}`)

const SOURCES = {
  pong: { confirmation: 'pong', messages: (viewer: Viewer<EncodedImage>) => framesOf(viewer, numbered) },
  credit: { confirmation: 'credit', messages: (viewer: Viewer<EncodedImage>) => framesOf(viewer, numbered) },
  none: {
    confirmation: 'none',
    messages: (viewer: Viewer<EncodedImage>) =>
      framesOf(viewer, (frame): PlainMessage => {
        const { plain, bytes } = numbered(frame)
        return { plain, bytes }
      }),
  },
} as const

/** A sender whose peer is simulated by the test. */
function setUp(
  options: Pick<FrameSenderOptions<EncodedImage>, 'tellChanges'> &
    (typeof SOURCES)[keyof typeof SOURCES] = SOURCES.pong,
) {
  const sinks = makeSinks()
  const connect = () => {
    const connection = new FakeConnection()
    const sender = new FrameSender(sinks.parts, connection, anyone, { dialect: 'test', accepts: IMAGES, ...options })
    connection.listen(sender.listener)
    return { connection, sender, texts: () => connection.take().map(({ text }) => text) }
  }
  return { ...sinks, ...connect(), connect }
}

describe.each(['pong', 'credit', 'none'] as const)('a sender to a peer that confirms by: %s', (confirmation) => {
  it('sends the newest at once, and each new frame as it comes', async () => {
    const { publish, sender, texts } = setUp(SOURCES[confirmation])
    await publish('site', 'a')
    await publish('site', 'a')
    expect(texts()).toEqual([])
    sender.viewer.watch(0, { label: 'site' })
    expect(texts()).toEqual(['a 2'])
    await publish('site', 'a')
    expect(texts()).toEqual(['a 3'])
  })

  it('writes nothing while the kernel has not taken what was written, and then the newest', async () => {
    const { publish, connection, sender, texts } = setUp(SOURCES[confirmation])
    sender.viewer.watch(0, { label: 'site' })
    connection.stall()
    for (let n = 0; n < 5; n++) await publish('site', 'a')
    expect(texts()).toEqual(['a 1'])
    connection.drain()
    expect(texts()).toEqual(['a 5'])
  })

  it('is no longer a viewer when the peer has gone', async () => {
    const { publish, hub, connection, sender, texts } = setUp(SOURCES[confirmation])
    sender.viewer.watch(0, { label: 'site' })
    connection.leave()
    await publish('site', 'a')
    expect(texts()).toEqual([])
    expect(hub.viewers).toBe(0)
  })
})

describe('a sender to a peer that answers pings', () => {
  it('asks behind a frame, and has two under way until it is answered', async () => {
    const { publish, connection, sender } = setUp()
    sender.viewer.watch(0, { label: 'site' })
    for (let n = 0; n < 5; n++) await publish('site', 'a')
    const sent = connection.take()
    expect(sent.map(({ text, probe }) => [text, typeof probe])).toEqual([
      ['a 1', 'number'],
      ['a 2', 'number'],
    ])
    connection.pong(sent[0]?.probe)
    expect(connection.take().map(({ text }) => text)).toEqual(['a 5'])
  })

  it('counts how old a frame was when it was confirmed', async () => {
    const { publish, connection, sender, clock, ages } = setUp()
    sender.viewer.watch(0, { label: 'site' })
    await publish('site', 'a')
    clock.advance(250)
    connection.pong(connection.take()[0]?.probe)
    expect(ages).toEqual([['test', 250]])
  })

  it('is given nothing for an answer that was not asked for', async () => {
    const { publish, connection, sender, texts, ages } = setUp()
    sender.viewer.watch(0, { label: 'site' })
    for (let n = 0; n < 3; n++) await publish('site', 'a')
    texts()
    connection.pong(undefined)
    connection.pong(1_000_000)
    expect(texts()).toEqual([])
    expect(ages).toEqual([])
  })

  it('that never answered one is served by the kernel alone after three seconds', async () => {
    const { publish, sender, clock, texts } = setUp()
    sender.viewer.watch(0, { label: 'site' })
    for (let n = 0; n < 4; n++) await publish('site', 'a')
    expect(texts()).toEqual(['a 1', 'a 2'])
    clock.advance(2999)
    expect(texts()).toEqual([])
    clock.advance(1)
    expect(texts()).toEqual(['a 4'])
    for (let n = 0; n < 3; n++) await publish('site', 'a')
    expect(texts()).toEqual(['a 5', 'a 6', 'a 7'])
  })
})

describe('a sender to a peer that gives credits', () => {
  it('sends no pings, and holds for as long as no credit comes', async () => {
    const { publish, connection, sender, clock } = setUp(SOURCES.credit)
    sender.viewer.watch(0, { label: 'site' })
    for (let n = 0; n < 4; n++) await publish('site', 'a')
    clock.advance(60_000)
    expect(connection.take().map(({ text, probe }) => [text, probe])).toEqual([
      ['a 1', undefined],
      ['a 2', undefined],
    ])
  })

  it('sends the newest when the credit for a frame comes, and counts its age', async () => {
    const { publish, parts, connection, clock, ages } = setUp()
    const serials: number[] = []
    const messages = (viewer: Viewer<EncodedImage>) =>
      framesOf(viewer, (frame) => {
        const message = numbered(frame)
        serials.push(message.serial)
        return message
      })
    const sender = new FrameSender(parts, connection, anyone, {
      dialect: 'test',
      accepts: IMAGES,
      confirmation: 'credit',
      messages,
    })
    sender.viewer.watch(0, { label: 'site' })
    for (let n = 0; n < 4; n++) await publish('site', 'a')
    clock.advance(40)
    sender.confirm(serials[0])
    sender.confirm(serials[0])
    sender.confirm(undefined)
    expect(connection.take().map(({ text }) => text)).toEqual(['a 1', 'a 2', 'a 4'])
    expect(ages).toEqual([['test', 40]])
  })
})

describe('a sender to a peer that can never confirm', () => {
  it('sends every frame that the kernel takes, from the first on, and asks nothing', async () => {
    const { publish, connection, sender } = setUp(SOURCES.none)
    sender.viewer.watch(0, { label: 'site' })
    for (let n = 0; n < 50; n++) await publish('site', 'a')
    const sent = connection.take()
    expect(sent.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, n) => `a ${n + 1}`))
    expect(sent.filter(({ probe }) => probe !== undefined)).toEqual([])
  })
})

describe('a sender', () => {
  it('serves all streams of a viewer in turn over one window', async () => {
    const { publish, connection, sender, texts } = setUp()
    sender.viewer.watch(0, { label: 'site' })
    await publish('site', 'a')
    await publish('site', 'b')
    const [first] = connection.take()
    for (const key of ['a', 'b', 'c']) await publish('site', key)
    connection.stall()
    connection.pong(first?.probe)
    connection.drain()
    expect(texts()[0]).toBe('c 1')
  })

  it('tells news before frames, and only while the kernel takes them', async () => {
    const told: string[] = []
    const { publish, connection, sender, texts } = setUp({
      ...SOURCES.none,
      tellChanges(viewer) {
        for (let change = viewer.takeChange(); change; change = viewer.takeChange())
          told.push(`${change.kind} ${change.stream.name.key}`)
      },
    })
    sender.viewer.watch(0, { label: 'site' })
    connection.stall()
    await publish('site', 'a')
    expect([told, texts()]).toEqual([['joined a'], ['a 1']])
    await publish('site', 'b')
    expect([told, texts()]).toEqual([['joined a'], []])
    connection.drain()
    expect([told, texts()]).toEqual([['joined a', 'joined b'], ['b 1']])
  })

  it('waits with what is due later, and forgets that when the viewer is closed', async () => {
    const { publish, hub, sender, clock, texts } = setUp(SOURCES.none)
    sender.viewer.watch(0, { label: 'site', maxFps: 2 })
    await publish('site', 'a')
    await publish('site', 'a')
    expect(texts()).toEqual(['a 1'])
    clock.advance(499)
    expect(texts()).toEqual([])
    clock.advance(1)
    expect(texts()).toEqual(['a 2'])
    for (let n = 0; n < 2; n++) await publish('site', 'a')
    expect(texts()).toEqual(['a 3'])
    hub.close()
    clock.advance(1000)
    expect(texts()).toEqual([])
  })

  it('sends nothing during an action, and all that it caused afterwards', async () => {
    const { publish, connection, sender, texts } = setUp()
    await publish('site', 'a')
    sender.during(() => {
      sender.viewer.watch(0, { label: 'site' })
      connection.send('first')
    })
    expect(texts()).toEqual(['first', 'a 1'])
    const failing = () =>
      sender.during(() => {
        throw new Error('no')
      })
    expect(failing).toThrow('no')
    await publish('site', 'a')
    expect(texts()).toEqual(['a 2'])
  })

  it('that cannot write a frame ends its own connection, and no other', async () => {
    const { publish, parts, hub, sender, connection, texts, problems } = setUp()
    const broken = new FakeConnection()
    const messages = (viewer: Viewer<EncodedImage>) =>
      framesOf(viewer, (): WireMessage => {
        throw new Error('a form that fails')
      })
    const other = new FrameSender(parts, broken, anyone, {
      dialect: 'broken',
      accepts: IMAGES,
      confirmation: 'pong',
      messages,
    })
    other.viewer.watch(0, { label: 'site' })
    sender.viewer.watch(0, { label: 'site' })
    await publish('site', 'a')
    expect(broken.closing).toEqual({ code: 'failure', reason: 'internal error' })
    expect(problems).toMatchObject([{ dialect: 'broken', err: { message: 'a form that fails' } }])
    expect(hub.viewers).toBe(1)
    expect(texts()).toEqual(['a 1'])
    expect(connection.closing).toBeUndefined()
  })

  it('makes each message once for all its viewers', async () => {
    const { publish, connection, sender, connect } = setUp(SOURCES.credit)
    const second = connect()
    sender.viewer.watch(0, { label: 'site' })
    second.sender.viewer.watch(0, { label: 'site' })
    await publish('site', 'a')
    expect(connection.written).toHaveLength(1)
    expect(second.connection.written[0]).toBe(connection.written[0])
  })
})

describe('large frames', () => {
  const LARGE = 600_000
  const WHOLE = {
    confirmation: 'pong',
    messages: (viewer: Viewer<EncodedImage>) => framesOf(viewer, ({ payload }) => binaryMessage(payload.bytes)),
  } as const
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

  it('wait for the next turn of the event loop when this one had enough of them', async () => {
    const { publish, parts, connection, sender } = setUp(WHOLE)
    sender.viewer.watch(0, { label: 'site' })
    parts.turns.spend(100)
    await publish('site', 'a', LARGE)
    await publish('site', 'b', LARGE)
    const { length } = connection.written
    await turn()
    expect([length, connection.written.length > 0]).toEqual([0, true])
  })

  it('of many connections of one client make no other visitor wait longer than one of them', async () => {
    const { publish, parts } = setUp(WHOLE)
    const order = new Set<FakeConnection>()
    const connections = ['greedy', 'greedy', 'greedy', 'modest'].map((client) => new FakeConnection(client))
    for (const connection of connections) {
      vi.spyOn(connection, 'write').mockImplementation(() => order.add(connection))
      const { viewer } = new FrameSender(parts, connection, anyone, { dialect: 'test', accepts: IMAGES, ...WHOLE })
      viewer.watch(0, { label: 'site' })
    }
    parts.turns.spend(100)
    await publish('site', 'a', LARGE)
    await until(() => order.size === 4, 'a picture for each')
    expect([...order].slice(0, 2).map(({ client }) => client)).toEqual(['greedy', 'modest'])
  })

  it('make nobody wait whose frames are small', async () => {
    const { publish, parts, connection, sender } = setUp(WHOLE)
    sender.viewer.watch(0, { label: 'site' })
    await publish('site', 'a', 1000)
    connection.take()
    parts.turns.spend(100)
    await publish('site', 'a', 1000)
    expect(connection.take()).toHaveLength(1)
  })

  it('are not sent any more to who has gone meanwhile', async () => {
    const { publish, parts, connection, sender } = setUp(WHOLE)
    sender.viewer.watch(0, { label: 'site' })
    parts.turns.spend(100)
    await publish('site', 'a', LARGE)
    connection.leave()
    await turn()
    expect(connection.written).toEqual([])
  })
})
