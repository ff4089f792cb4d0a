import { describe, expect, it, vi } from 'vitest'
import { somebody } from '../../test/support/event-stores.ts'
import type { Fields } from '../../test/support/server.ts'
import { makeSinks } from '../../test/support/sinks.ts'
import { until } from '../../test/support/until.ts'
import { Refusal } from '../core/errors.ts'
import type { EventId } from '../core/event.ts'
import type { LiveEventPage, LiveRequest } from '../wire/live-messages.ts'
import { liveSocket } from './live-socket.ts'

type Follow = Omit<Extract<LiveRequest, { type: 'follow' }>, 'type'>

function setUp({ maxWatches = 1000, principal = somebody().principal } = {}) {
  const sinks = makeSinks()
  const socket = sinks.visit(liveSocket({ ...sinks.parts, maxWatches }), {}, principal)
  /** What was received so far: notices, and the keys of pictures. */
  const received: (Fields | string)[] = []
  const look = () => {
    for (const message of socket.take()) received.push(message.isText ? message.json : String(message.header.key))
    return received
  }
  const ofType = (type: string) => look().filter((each) => typeof each !== 'string' && each.type === type) as Fields[]
  const pages = (id = 1) => (ofType('events') as unknown as LiveEventPage[]).filter((page) => page.id === id)
  const numbers = (id = 1) => pages(id).flatMap(({ events }) => events.map(({ data }) => data))
  return {
    ...sinks,
    socket,
    look,
    ofType,
    pages,
    numbers,
    ask: (request: LiveRequest) => socket.receive(request),
    follow: (follow: Follow) => socket.receive({ type: 'follow', ...follow }),
    /** Waits for the newest event. */
    sees: (number: number, id = 1) => until(() => numbers(id).at(-1) === number, `event ${number}`),
  }
}

describe('events on a live socket', () => {
  it('begin with the newest, after an answer, and go on with what happens', async () => {
    const { follow, tell, look, sees, pages, store, socket } = setUp()
    await tell(1, { label: 'site', key: 'a', priority: 'HIGH' })
    look().length = 0
    follow({ id: 1 })
    await sees(1)
    await tell(2)
    await sees(2)
    const { events: kept } = await store.read({ grants: somebody().principal.grants, limit: 10 })
    expect(look()).toEqual([
      { type: 'following', id: 1 },
      {
        type: 'events',
        id: 1,
        epoch: expect.any(String),
        position: kept[0]?.id,
        events: [
          {
            id: kept[0]?.id,
            type: 'test',
            source: 'a test',
            timestamp: expect.any(Number),
            priority: 'HIGH',
            label: 'site',
            key: 'a',
            data: 1,
          },
        ],
      },
      { type: 'events', id: 1, epoch: pages()[0]?.epoch, position: kept[1]?.id, events: [expect.anything()] },
    ])
    // As much as it may cost to search the history.
    expect(socket.charged).toBe(50)
  })

  it('come as filtered, each follow by itself', async () => {
    const { follow, tell, sees, numbers } = setUp()
    follow({ id: 1, types: ['Bell'], labels: ['site', 'yard'] })
    follow({ id: 2, min_priority: 'HIGH' })
    await tell(1, { type: 'bell', label: 'site' })
    await tell(2, { type: 'bell', label: 'other', priority: 'CRITICAL' })
    await tell(3, { type: 'bell' })
    await tell(4, { type: 'BELL', label: 'yard', priority: 'HIGH' })
    await sees(4, 1)
    await sees(4, 2)
    expect([numbers(1), numbers(2)]).toEqual([
      [1, 4],
      [2, 4],
    ])
  })

  it('are only those that the client may see', async () => {
    const { principal } = somebody(['view'], ['site'])
    const { follow, tell, sees, numbers } = setUp({ principal })
    follow({ id: 1 })
    for (const [number, label] of [
      [1, 'other'],
      [2, undefined],
      [3, 'site'],
    ] as const)
      await tell(number, { label })
    await sees(3)
    expect(numbers()).toEqual([3])
  })

  it('are refused to who may see nothing', () => {
    const { principal } = somebody(['publish'])
    const { parts, visit } = makeSinks()
    expect(() => visit(liveSocket(parts), {}, principal)).toThrow('may not view')
  })

  it('go on after a position, exactly, and at once say so if there are none', async () => {
    const { follow, tell, sees, pages, numbers, ask } = setUp()
    for (const number of [1, 2, 3]) await tell(number)
    follow({ id: 1 })
    await sees(3)
    const [page] = pages()
    const second = page?.events[1]?.id
    follow({ id: 2, after: second as EventId, epoch: page?.epoch })
    await sees(3, 2)
    follow({ id: 3, after: page?.position })
    await until(() => pages(3).length === 1, 'a first page')
    expect(pages(3)).toEqual([{ ...page, id: 3, events: [] }])
    expect(numbers(2)).toEqual([3])
    ask({ type: 'unfollow', id: 2 })
    await tell(4)
    await sees(4, 3)
    expect(numbers(2)).toEqual([3])
  })

  it('tell of a gap where some were dropped, or the log is another', async () => {
    const { follow, tell, sees, pages } = setUp()
    for (let number = 1; number <= 310; number++) await tell(number)
    follow({ id: 1 })
    await sees(310)
    const [{ epoch, position } = {}] = pages()
    follow({ id: 2, after: epoch, epoch })
    follow({ id: 3, after: position, epoch: '5-0' })
    await sees(310, 2)
    await until(() => pages(3).length > 0, 'a page')
    expect(pages(2)[0]).toMatchObject({ gap: { missed_from: epoch, missed_to: expect.any(String) } })
    expect(
      pages(2)
        .slice(1)
        .every((page) => !('gap' in page)),
    ).toBe(true)
    expect(pages(2).flatMap(({ events }) => events)).toHaveLength(300)
    expect(pages(3)[0]).toHaveProperty('gap.missed_from', position)
  })

  it('are replaced by another follow with the same id, which is not one more', async () => {
    const { follow, tell, sees, numbers, ofType } = setUp({ maxWatches: 2 })
    follow({ id: 1, types: ['a'] })
    follow({ id: 2 })
    follow({ id: 1, types: ['b'] })
    await tell(1, { type: 'a' })
    await tell(2, { type: 'b' })
    await sees(2)
    expect(numbers()).toEqual([2])
    expect(ofType('following')).toEqual([1, 2, 1].map((id) => ({ type: 'following', id })))
    expect(ofType('error')).toEqual([])
  })

  it('and streams have so many watches together, and no more', () => {
    const { follow, ask, ofType } = setUp({ maxWatches: 2 })
    ask({ type: 'watch', id: 1 })
    follow({ id: 2 })
    follow({ id: 3 })
    ask({ type: 'watch', id: 4 })
    ask({ type: 'unfollow', id: 2 })
    ask({ type: 'watch', id: 5 })
    const message = 'at most 2 watches on one connection (limits.watches)'
    expect(ofType('error')).toEqual([3, 4].map((id) => ({ type: 'error', code: 'exhausted', message, id })))
    expect(ofType('watching').map(({ id }) => id)).toEqual([1, 5])
  })

  it('wait while the kernel takes nothing, and then come from the history, or as a gap', async () => {
    const { follow, tell, sees, numbers, pages, socket } = setUp()
    follow({ id: 1 })
    await tell(1)
    await sees(1)
    socket.stall()
    await tell(2)
    await sees(2)
    for (let number = 3; number <= 250; number++) await tell(number)
    expect(numbers()).toEqual([1, 2])
    socket.drain()
    await sees(250)
    expect(numbers()).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
    socket.stall()
    await tell(251)
    await sees(251)
    for (let number = 252; number <= 600; number++) await tell(number)
    socket.drain()
    await sees(600)
    expect(numbers().slice(251)).toEqual(Array.from({ length: 300 }, (_, i) => i + 301))
    expect(pages().filter((page) => 'gap' in page)).toHaveLength(1)
  })

  it('come in messages that a slow link takes in a moment, and a new client gets the newest all the same', async () => {
    const { follow, tell, sees, numbers, pages } = setUp()
    const heavy = (count: number) => ({ type: `test-${'x'.repeat(count)}` })
    for (let number = 1; number <= 130; number++) await tell(number, heavy(2000))
    await tell(131, heavy(200_000))
    follow({ id: 1 })
    follow({ id: 2, after: '5-0' })
    await sees(131)
    await sees(131, 2)
    expect(numbers()).toEqual(Array.from({ length: 100 }, (_, i) => i + 32))
    expect(numbers(2)).toHaveLength(131)
    for (const page of [...pages(1), ...pages(2)])
      if (page.events.length > 1) expect(JSON.stringify(page).length).toBeLessThan(65_536)
  })

  it('let a picture through between two pages', async () => {
    const { follow, ask, tell, publish, sees, look, socket } = setUp()
    for (let number = 1; number <= 250; number++) await tell(number)
    ask({ type: 'watch', id: 7, label: 'site' })
    socket.stall()
    // Something to be written, behind which all else waits.
    ask({ type: 'clock', t0: 1 })
    follow({ id: 1, after: '5-0' })
    await publish('site', 'a')
    look().length = 0
    socket.drain()
    await sees(250)
    const order = look().map((each) => (typeof each === 'string' ? each : each.type))
    expect(order.slice(0, 4)).toEqual(['stream', 'a', 'events', 'events'])
  })

  it('of many connections of one client make no other visitor wait longer than one of them', async () => {
    const { parts, visit, tell } = makeSinks()
    await tell(1)
    const order: string[] = []
    const { principal } = somebody()
    // The turn is over: all wait for the next ones.
    parts.turns.spend(100)
    for (const client of ['greedy', 'greedy', 'greedy', 'modest']) {
      const socket = visit(liveSocket(parts), {}, principal, client)
      const send = socket.send.bind(socket)
      vi.spyOn(socket, 'send').mockImplementation((text) => {
        if (JSON.parse(text).type === 'events') order.push(client)
        send(text)
      })
      socket.receive({ type: 'follow', id: 1 })
    }
    await until(() => order.length === 4, 'a page for each')
    expect(order.indexOf('modest')).toBeLessThan(2)
  })

  it('of many follows of one client take turns', async () => {
    const { follow, tell, look, sees } = setUp()
    for (let number = 1; number <= 250; number++) await tell(number)
    for (const id of [1, 2, 3]) follow({ id, after: '5-0' })
    for (const id of [1, 2, 3]) await sees(250, id)
    const ids = look().flatMap((each) => (typeof each !== 'string' && each.type === 'events' ? [each.id] : []))
    expect(ids).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3])
  })

  it('that the client does not see tell it now and then how far the server has looked', async () => {
    const { follow, tell, pages, clock, numbers } = setUp()
    follow({ id: 1, labels: ['site'] })
    await until(() => pages().length === 1, 'the first page')
    for (const number of [1, 2]) await tell(number, { label: 'other' })
    clock.advance(10_000)
    await tell(3, { label: 'other' })
    await until(() => pages().length === 2, 'a page without events')
    expect(pages()[1]).toMatchObject({ events: [] })
    expect(pages()[1]?.position).not.toBe(pages()[0]?.position)
    await tell(4, { label: 'site' })
    await until(() => numbers().length === 1, 'one for it')
    expect(pages()).toHaveLength(3)
  })

  it('for which too many wait already are told so and counted, and read after a while', async () => {
    const { follow, tell, sees, ofType, store, clock, problems, parts } = setUp()
    const limited = vi.spyOn(parts.counters, 'limited')
    const recent = vi.spyOn(store, 'readRecent').mockReturnValue(undefined)
    const full = new Refusal('limited', 'Too many of yours wait.', { limit: 'limits.event_reads_per_client' })
    const read = vi.spyOn(store, 'read').mockRejectedValue(full)
    await tell(1)
    follow({ id: 1 })
    await until(() => ofType('error').length === 1, 'an error')
    expect(ofType('error')).toEqual([{ type: 'error', code: 'limited', message: 'Too many of yours wait.', id: 1 }])
    expect([limited.mock.calls, problems]).toEqual([[['limits.event_reads_per_client']], []])
    for (const mock of [recent, read]) mock.mockRestore()
    clock.advance(5000)
    await sees(1)
  })

  it('that cannot be read are told as an error, once, and come within a second when they can', async () => {
    const { follow, tell, sees, numbers, ofType, store, clock, problems } = setUp()
    const recent = vi.spyOn(store, 'readRecent').mockReturnValue(undefined)
    const read = vi.spyOn(store, 'read').mockRejectedValue(new Error('no disk'))
    follow({ id: 1 })
    await until(() => ofType('error').length === 1, 'an error')
    for (const number of [1, 2, 3]) await tell(number)
    expect(ofType('error')).toEqual([
      { type: 'error', code: 'unavailable', message: expect.stringContaining('cannot be read'), id: 1 },
    ])
    expect([read.mock.calls.length, problems.length]).toEqual([1, 1])
    clock.advance(1000)
    await until(() => read.mock.calls.length === 2, 'it is tried again')
    for (const mock of [recent, read]) mock.mockRestore()
    clock.advance(1000)
    await sees(3)
    expect(numbers()).toEqual([1, 2, 3])
    await tell(4)
    await sees(4)
    expect([ofType('error').length, problems.length]).toEqual([1, 1])
  })

  it('that a store refuses to read, which has said why, are no line in the log for each client', async () => {
    const { follow, ofType, store, problems } = setUp()
    vi.spyOn(store, 'readRecent').mockReturnValue(undefined)
    vi.spyOn(store, 'read').mockRejectedValue(new Refusal('unavailable', 'Redis is away.'))
    follow({ id: 1 })
    await until(() => ofType('error').length === 1, 'an error')
    expect(ofType('error')).toMatchObject([{ code: 'unavailable' }])
    expect(problems).toEqual([])
  })

  it('that wait for the history hold up no picture, and come when it answers', async () => {
    const { follow, ask, tell, publish, sees, look, numbers, store } = setUp()
    await tell(1)
    vi.spyOn(store, 'readRecent').mockReturnValueOnce(undefined)
    const answer = Promise.withResolvers<Awaited<ReturnType<typeof store.read>>>()
    vi.spyOn(store, 'read').mockReturnValueOnce(answer.promise)
    follow({ id: 1 })
    follow({ id: 2 })
    ask({ type: 'watch', id: 3 })
    await publish('site', 'a')
    expect(look()).toContain('a')
    expect([numbers(1), numbers(2)]).toEqual([[], []])
    answer.resolve(await store.read({ grants: somebody().principal.grants, limit: 100 }))
    await sees(1, 1)
    await sees(1, 2)
  })

  it('count as held for the client, with their filters, for as long as they are followed', () => {
    const { follow, ask, socket } = setUp()
    follow({ id: 1, types: Array(5).fill('a'.repeat(200)), labels: ['site'] })
    const first = socket.working
    expect(first).toBeGreaterThan(2000)
    ask({ type: 'watch', id: 2 })
    follow({ id: 3 })
    expect(socket.working).toBeGreaterThan(first + 1000)
    follow({ id: 1 })
    expect(socket.working).toBeLessThan(first + 2000)
    ask({ type: 'unfollow', id: 1 })
    ask({ type: 'unwatch', id: 2 })
    ask({ type: 'unfollow', id: 3 })
    expect(socket.working).toBe(0)
  })

  it('end with the socket, with the follow and with the principal, and leave no cursor', async () => {
    const { principal, end } = somebody()
    const { follow, ask, tell, socket, parts, sees, numbers } = setUp({ principal })
    const open = vi.spyOn(parts.events, 'open')
    for (const id of [1, 2, 3]) follow({ id })
    const cursors = open.mock.results.map(({ value }) => value)
    const isClosed = () => cursors.map((cursor) => cursor.isClosed)
    expect(isClosed()).toEqual([false, false, false])
    ask({ type: 'unfollow', id: 2 })
    expect(isClosed()).toEqual([false, true, false])
    await tell(1)
    await sees(1, 3)
    end()
    await tell(2)
    expect(numbers(1)).toEqual([1])
    socket.leave()
    expect(isClosed()).toEqual([true, true, true])
  })
})
