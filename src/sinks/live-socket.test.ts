import { describe, expect, it } from 'vitest'
import type { SentMessage } from '../../test/support/fake-connection.ts'
import { anyone, frameInput } from '../../test/support/hub.ts'
import { START } from '../../test/support/manual-clock.ts'
import { makeSinks } from '../../test/support/sinks.ts'
import type { LiveRequest } from '../wire/live-messages.ts'
import { liveSocket } from './live-socket.ts'

function setUp() {
  const sinks = makeSinks()
  const socket = sinks.visit(liveSocket(sinks.parts))
  return {
    ...sinks,
    socket,
    ask: (request: LiveRequest) => socket.receive(request),
    texts: () => textsOf(socket.take()),
    /** The pictures received, by camera. */
    pictures: () => picturesOf(socket.take()).map(({ key }) => key),
  }
}

function textsOf(messages: readonly SentMessage[]) {
  return messages.filter(({ isText }) => isText).map(({ json }) => json)
}

function picturesOf(messages: readonly SentMessage[]) {
  return messages.filter(({ isText }) => !isText).map(({ header }) => header)
}

describe('a live socket', () => {
  it('greets, and sends nothing before it is asked', async () => {
    const { publish, socket, texts } = setUp()
    expect(texts()).toEqual([{ type: 'hello', protocol: 1, version: '1.2.3', now: START }])
    await publish('site', 'a')
    expect(socket.take()).toEqual([])
  })

  it('answers a watch before it sends the pictures that it causes', async () => {
    const { publish, socket, ask } = setUp()
    await publish('site', 'a')
    socket.take()
    ask({ type: 'watch', id: 7, label: 'site' })
    const [answer, picture, ...more] = socket.take()
    expect(answer?.json).toMatchObject({ type: 'watching', id: 7, streams: [{ key: 'a', state: 'live' }] })
    expect(picture?.header).toMatchObject({ key: 'a', sequence: 1, media_type: 'image/jpeg', width: 64, height: 48 })
    expect(picture?.probe).toBeUndefined()
    expect(more).toEqual([])
  })

  it('says which pulse a frame belongs to', async () => {
    const { hub, socket, ask } = setUp()
    ask({ type: 'watch', id: 1 })
    socket.take()
    const pulse = { id: 2n ** 63n, globalTimestamp: { sec: 1_699_999_999, ns: 5 } }
    await hub.publish(anyone, { ...frameInput('site', 'a'), pulse }, 'test')
    expect(picturesOf(socket.take())).toMatchObject([
      { pulse: { id: '9223372036854775808', timestamp: '1699999999.000000005' } },
    ])
  })

  it('has two pictures on their way until a credit comes, all watches together', async () => {
    const { publish, socket, ask, ages, clock } = setUp()
    ask({ type: 'watch', id: 1, label: 'site' })
    ask({ type: 'watch', id: 2, label: 'yard' })
    for (const key of ['a', 'b', 'c']) await publish('site', key)
    await publish('yard', 'd')
    const sent = picturesOf(socket.take())
    expect(sent.map(({ key }) => key)).toEqual(['a', 'b'])
    clock.advance(30)
    ask({ type: 'credit', n: Number(sent[0]?.n) })
    expect(picturesOf(socket.take())).toHaveLength(1)
    expect(ages).toEqual([['live', 30]])
    // Duplicate credits, and those for messages that were never sent, have no effect.
    ask({ type: 'credit', n: Number(sent[0]?.n) })
    ask({ type: 'credit', n: 1_000_000 })
    clock.advance(60_000)
    expect(picturesOf(socket.take())).toEqual([])
    expect(ages).toHaveLength(1)
  })

  it('tells of streams that come, before their pictures', async () => {
    const { publish, socket, ask } = setUp()
    ask({ type: 'watch', id: 1, label: 'site' })
    socket.take()
    await publish('site', 'a')
    await publish('other', 'b')
    const [news, picture, ...more] = socket.take()
    expect(news?.json).toMatchObject({ type: 'stream', event: 'joined', stream: { label: 'site', key: 'a' } })
    expect(picture?.header.key).toBe('a')
    expect(more).toEqual([])
  })

  it('keeps news while the kernel takes nothing: each stream once, as it is then', async () => {
    const { publish, socket, ask, clock } = setUp()
    ask({ type: 'watch', id: 1, label: 'site', max_fps: 0 })
    socket.take()
    await publish('site', 'a')
    expect(textsOf(socket.take())).toMatchObject([{ event: 'joined' }])
    socket.stall()
    // What is written from now on is buffered, and all notices wait behind it.
    ask({ type: 'clock', t0: 1 })
    clock.advance(5000)
    clock.advance(120_000)
    await publish('site', 'b')
    expect(textsOf(socket.take())).toMatchObject([{ type: 'clock' }])
    socket.drain()
    const news = textsOf(socket.take())
    expect(news).toMatchObject([
      { event: 'state', stream: { key: 'a', state: 'offline' } },
      { event: 'joined', stream: { key: 'b', state: 'live' } },
    ])
  })

  it('sends no more of what is unwatched, and answers also for what never was', async () => {
    const { publish, ask, texts, pictures } = setUp()
    ask({ type: 'watch', id: 1, label: 'site' })
    texts()
    ask({ type: 'unwatch', id: 1 })
    ask({ type: 'unwatch', id: 5 })
    expect(texts()).toEqual([
      { type: 'unwatched', id: 1 },
      { type: 'unwatched', id: 5 },
    ])
    await publish('site', 'a')
    expect(pictures()).toEqual([])
  })

  it('sends no pictures for a watch of news alone', async () => {
    const { publish, ask, pictures } = setUp()
    ask({ type: 'watch', id: 1, label: 'site', max_fps: 0 })
    await publish('site', 'a')
    expect(pictures()).toEqual([])
    ask({ type: 'watch', id: 1, label: 'site' })
    expect(pictures()).toEqual(['a'])
  })

  it('sends as many pictures as were wished for, the last before a pause one period late', async () => {
    const { publish, ask, pictures, clock } = setUp()
    ask({ type: 'watch', id: 1, label: 'site', max_fps: 10 })
    await publish('site', 'a')
    clock.advance(10)
    await publish('site', 'a')
    expect(pictures()).toEqual(['a'])
    clock.advance(99)
    expect(pictures()).toEqual([])
    clock.advance(1)
    expect(pictures()).toEqual(['a'])
  })

  it('tells the time when it is asked', () => {
    const { ask, texts, clock } = setUp()
    texts()
    clock.advance(5)
    ask({ type: 'clock', t0: 12.5 })
    expect(texts()).toEqual([{ type: 'clock', t0: 12.5, t1: START + 5, t2: START + 5 }])
  })

  it('answers what it does not understand with the number of the watch, writes it down, and stays open', () => {
    const { socket, texts } = setUp()
    texts()
    socket.receive({ type: 'watch', id: 3, key: 'a' })
    socket.receive('watch')
    socket.receive(new Uint8Array(3))
    expect(texts()).toEqual([
      { type: 'error', code: 'invalid', message: 'key: needs a label beside it', id: 3 },
      { type: 'error', code: 'invalid', message: 'message: must be a JSON object' },
      { type: 'error', code: 'invalid', message: 'message: must be a text' },
    ])
    expect(socket.refusals.map(({ message }) => message)).toEqual([
      'key: needs a label beside it',
      'message: must be a JSON object',
    ])
    expect(socket.closing).toBeUndefined()
  })

  it('holds so many watches and no more; one that is changed is not one more', () => {
    const { ask, texts } = setUp()
    for (let id = 0; id < 1000; id++) ask({ type: 'watch', id, label: 'site' })
    texts()
    ask({ type: 'watch', id: 1000, label: 'site' })
    ask({ type: 'watch', id: 0, label: 'yard' })
    const message = 'at most 1000 watches on one connection (limits.watches)'
    expect(texts()).toEqual([
      { type: 'error', code: 'exhausted', message, id: 1000 },
      { type: 'watching', id: 0, streams: [] },
    ])
  })
})
