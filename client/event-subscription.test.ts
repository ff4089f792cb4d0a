import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeSocket } from '../test/support/fake-socket.ts'
import type { EventOptions } from './event-subscription.ts'
import { LiveClient } from './live-client.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A client on fake sockets. */
function setUp() {
  const sockets: FakeSocket[] = []
  const makeSocket = (address: string) => {
    const socket = new FakeSocket(address)
    sockets.push(socket)
    return socket
  }
  const client = new LiveClient('http://host:8000', { makeSocket, minDelay: 500 })
  const errors: object[] = []
  client.on('error', (error) => errors.push(error))
  const socket = () => {
    const last = sockets.at(-1)
    if (!last) throw new Error('no socket was made')
    return last
  }
  const connect = async () => {
    client.connect()
    await vi.advanceTimersByTimeAsync(0)
    socket().greet()
    socket().take()
  }
  /** Breaks the connection. @returns the requests to follow once there is another one */
  const reconnect = async () => {
    socket().end(1006)
    await vi.advanceTimersByTimeAsync(500)
    socket().greet()
    return socket().take('follow')
  }
  const subscribe = (options?: EventOptions) => {
    const subscription = client.events(options)
    const told: unknown[] = []
    subscription.on('event', ({ id }) => told.push(id))
    subscription.on('gap', (gap) => told.push(gap))
    return { subscription, told }
  }
  return { client, socket, connect, reconnect, subscribe, errors }
}

const EPOCH = '1-0'

const event = (id: string) => ({ id, type: 't', timestamp: 5, source: 's', priority: 'NORMAL', data: null })

function page(id: number, ids: readonly string[], position = ids.at(-1), more: object = {}) {
  return { type: 'events', id, epoch: EPOCH, position, events: ids.map(event), ...more }
}

describe('EventSubscription', () => {
  it('is requested at once or when connected, as filtered, and gives each event to its listeners', async () => {
    const { client, socket, connect, subscribe } = setUp()
    const early = subscribe({ types: ['bell'], labels: ['site'], minPriority: 'HIGH' })
    client.connect()
    await vi.advanceTimersByTimeAsync(0)
    socket().greet()
    const watch = client.watch({ maxFps: 0 })
    const late = subscribe({ after: '4-0', epoch: EPOCH })
    await connect()
    expect([early.subscription.id, watch.id, late.subscription.id]).toEqual([1, 2, 3])
    socket().take()
    client.events().close()
    expect(socket().take()).toEqual([
      { type: 'follow', id: 4 },
      { type: 'unfollow', id: 4 },
    ])
    socket().notice({ type: 'following', id: 3 })
    socket().notice(page(3, ['5-0', '5-1']))
    expect([early.told, late.told]).toEqual([[], ['5-0', '5-1']])
  })

  it('sends its filter, and where it begins', async () => {
    const { socket, connect, reconnect, subscribe } = setUp()
    subscribe({ types: ['bell'], labels: ['site'], minPriority: 'HIGH', after: '4-0', epoch: EPOCH })
    subscribe()
    await connect()
    const requests = [
      { type: 'follow', id: 1, after: '4-0', epoch: EPOCH, types: ['bell'], labels: ['site'], min_priority: 'HIGH' },
      { type: 'follow', id: 2 },
    ]
    expect(await reconnect()).toEqual(requests)
    expect(socket().sent).toEqual([])
  })

  it('goes on where it was after a reconnect, also if nothing has happened yet', async () => {
    const { socket, connect, reconnect, subscribe } = setUp()
    const { subscription, told } = subscribe({ types: ['bell'] })
    await connect()
    expect([subscription.position, subscription.epoch]).toEqual([undefined, undefined])
    socket().notice(page(1, [], '9-3'))
    expect([subscription.position, subscription.epoch]).toEqual(['9-3', EPOCH])
    expect(await reconnect()).toEqual([{ type: 'follow', id: 1, after: '9-3', epoch: EPOCH, types: ['bell'] }])
    socket().notice(page(1, ['10-0'], '10-7'))
    expect(await reconnect()).toMatchObject([{ after: '10-7', epoch: EPOCH }])
    expect(told).toEqual(['10-0'])
  })

  it('moves past an event once its listeners were called, also if one throws', async () => {
    const { socket, connect, subscribe, errors } = setUp()
    const { subscription, told } = subscribe()
    await connect()
    const positions: unknown[] = []
    subscription.on('event', () => {
      positions.push(subscription.position)
      throw new Error('oops')
    })
    socket().notice(page(1, ['5-0', '5-1'], '6-0'))
    expect(positions).toEqual([undefined, '5-0'])
    expect([told, subscription.position]).toEqual([['5-0', '5-1'], '6-0'])
    expect(errors).toEqual([5, 5].map(() => ({ code: 'listener', message: 'oops', subscription })))
  })

  it('tells of a gap first, and gives no event again that comes with it', async () => {
    const { socket, connect, subscribe } = setUp()
    const { told, subscription } = subscribe()
    await connect()
    socket().notice(page(1, ['5-0', '5-1']))
    const gap = { missed_from: '5-1', missed_to: '5-3' }
    socket().notice(page(1, ['5-0', '5-1', '5-2'], '5-5', { gap }))
    expect(told).toEqual(['5-0', '5-1', gap, '5-2'])
    expect(subscription.position).toBe('5-5')
  })

  it('takes what a new log has, whatever its ids', async () => {
    const { socket, connect, subscribe } = setUp()
    const { told, subscription } = subscribe()
    await connect()
    socket().notice(page(1, ['5-0', '5-1']))
    const gap = { missed_from: '5-1', missed_to: '3-0' }
    socket().notice(page(1, ['4-0', '5-1'], '5-1', { gap, epoch: '3-0' }))
    expect(told).toEqual(['5-0', '5-1', gap, '4-0', '5-1'])
    expect(subscription.epoch).toBe('3-0')
  })

  it('ends for good when it is closed, even between two events of a page', async () => {
    const { socket, connect, reconnect, subscribe } = setUp()
    const { told, subscription } = subscribe()
    await connect()
    subscription.on('event', () => subscription.close())
    socket().notice(page(1, ['5-0', '5-1']))
    socket().notice(page(1, ['5-2']))
    subscription.close()
    expect(told).toEqual(['5-0'])
    expect([subscription.isClosed, subscription.position]).toEqual([true, '5-0'])
    expect(socket().take()).toEqual([{ type: 'unfollow', id: 1 }])
    expect(await reconnect()).toEqual([])
  })

  it('gives an event that waits for the log once, also where it comes again with an id', async () => {
    const { socket, connect, reconnect, subscribe } = setUp()
    const { told, subscription } = subscribe()
    await connect()
    const { id: _, ...waiting } = { ...event(''), receipt: 'run-1' }
    socket().notice(page(1, ['5-0'], '5-0', { events: [event('5-0'), waiting] }))
    expect([told, subscription.position]).toEqual([['5-0', undefined], '5-0'])
    await reconnect()
    socket().notice(page(1, [], '5-0', { events: [waiting] }))
    const logged = { ...event('5-1'), receipt: 'run-1' }
    socket().notice(page(1, [], '5-2', { events: [logged, { ...event('5-2'), receipt: 'run-2' }] }))
    expect([told, subscription.position]).toEqual([['5-0', undefined, '5-2'], '5-2'])
  })

  it('is kept while the client is disconnected', async () => {
    const { client, socket, connect, subscribe } = setUp()
    subscribe()
    await connect()
    socket().notice(page(1, ['5-0']))
    client.disconnect()
    client.connect()
    await vi.advanceTimersByTimeAsync(0)
    socket().greet()
    expect(socket().take('follow')).toEqual([{ type: 'follow', id: 1, after: '5-0', epoch: EPOCH }])
  })

  it('is named by the errors of the server that are about it', async () => {
    const { socket, connect, subscribe, errors } = setUp()
    const { subscription } = subscribe()
    await connect()
    socket().notice({ type: 'error', code: 'unavailable', message: 'later', id: 1 })
    expect(errors).toEqual([{ code: 'unavailable', message: 'later', subscription }])
  })

  it.each([
    [{ position: 'x' }],
    [{ epoch: undefined }],
    [{ events: {} }],
    [{ events: [{ ...event('5-0'), id: 5 }] }],
    [{ events: [{ ...event('5-0'), timestamp: undefined }] }],
    [{ gap: null }],
    [{ gap: { missed_from: '5-0' } }],
  ])('ignores a page that does not follow the protocol: %j', async (wrong) => {
    const { socket, connect, subscribe, errors } = setUp()
    const { told, subscription } = subscribe()
    await connect()
    socket().notice(page(1, ['5-0'], '5-0', wrong))
    expect(errors).toMatchObject([{ code: 'garbled' }])
    expect([told, subscription.position]).toEqual([[], undefined])
  })

  it.each([
    [{ after: 'x' }, 'after: must be the id of an event, such as 1800000000000-0'],
    [{ epoch: '5-0' }, 'epoch needs an after beside it'],
    [{ types: Array(101).fill('a') }, 'types: at most 100 may be named'],
    [{ labels: [''] }, 'labels: must not be empty'],
    [{ minPriority: 'urgent' as 'HIGH' }, 'minPriority: must be one of LOW, NORMAL, HIGH, CRITICAL'],
  ])('refuses %j at once: %s', (options, sentence) => {
    expect(() => setUp().client.events(options)).toThrow(sentence)
  })

  it('misses nothing and repeats nothing, wherever the connection breaks', async () => {
    /** What happens: an event, a page that the server sends, or a break that loses what was not sent. */
    const steps = fc.array(fc.constantFrom('event', 'event', 'page', 'break'), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (happens, pageSize) => {
        const { client, socket, connect, reconnect, subscribe } = setUp()
        const { told } = subscribe({ after: EPOCH, epoch: EPOCH })
        const log: string[] = []
        let sent = 0
        await connect()
        const send = () => {
          const ids = log.slice(sent, sent + pageSize)
          sent += ids.length
          socket().notice(page(1, ids, ids.at(-1) ?? log[sent - 1] ?? EPOCH))
        }
        for (const step of [...happens, ...Array(60).fill('page')]) {
          if (step === 'event') log.push(`2-${log.length}`)
          else if (step === 'page') send()
          else {
            const [request] = (await reconnect()) as { after: string }[]
            sent = log.indexOf(String(request?.after)) + 1
          }
        }
        expect(told).toEqual(log)
        client.disconnect()
      }),
      { numRuns: 50 },
    )
  })
})
