import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket as LibrarySocket } from 'ws'
import { type EventOptions, LiveClient } from '../../client/index.ts'
import { EventThread } from '../../src/store/events/event-thread.ts'
import { listOf, must, startHouse, textOf } from '../support/accounts.ts'
import { temporaryFolder } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { MemoryHistory } from '../support/memory-history.ts'
import { randomNumbers } from '../support/random.ts'
import { type Fields, freshLabel, KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

async function post(server: TestServer, n: number, more: object = {}): Promise<string> {
  return String((await must(server, 'POST /events', { token: KEY, body: { type: 'test', data: { n }, ...more } })).id)
}

const numberOf = ({ data }: { data?: unknown }): unknown => Object(data).n
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** A socket that follows events, with what it was sent. */
async function follow(server: TestServer, request: object = {}, token?: string) {
  const query = token === undefined ? '' : `?token=${token}`
  const socket = await TestSocket.open(server.socketUrl('/ws/live') + query)
  socket.send({ type: 'follow', id: 1, ...request })
  expect(await socket.nextOfType('following')).toEqual({ type: 'following', id: 1 })
  const events: Fields[] = []
  return {
    socket,
    /** Reads pages until there are so many events. @returns the last page */
    async sees(count: number): Promise<Fields> {
      for (;;) {
        const page = await socket.nextOfType('events')
        events.push(...listOf(page, 'events'))
        if (events.length >= count) return page
      }
    },
    events,
    numbers: () => events.map(numberOf),
  }
}

/** An SDK client that is subscribed, and what its listeners got. */
function subscribe(url: string, options: EventOptions & { readonly token?: string } = {}) {
  const { token, ...wanted } = options
  const sockets: LibrarySocket[] = []
  const makeSocket = (address: string) => {
    const socket = new LibrarySocket(address)
    sockets.push(socket)
    return socket
  }
  const client = new LiveClient(url, { minDelay: 1, maxDelay: 50, token, makeSocket })
  onTestFinished(() => client.disconnect())
  const subscription = client.events(wanted)
  const numbers: unknown[] = []
  const gaps: object[] = []
  subscription.on('event', (event) => numbers.push(numberOf(event)))
  subscription.on('gap', (gap) => gaps.push(gap))
  client.connect()
  return {
    client,
    subscription,
    numbers,
    gaps,
    sees: (count: number) => until(() => numbers.length >= count, `${count} events`),
    hasBegun: () => until(() => subscription.position !== undefined, 'the first page'),
    /** Breaks the connection, as a failing network does. */
    cut: () => sockets.at(-1)?.terminate(),
  }
}

describe('events over /ws/live', () => {
  const shared = TestServer.ofFile()

  it('are those of GET /events, with the same position and epoch, first the kept ones and then what happens', async () => {
    const server = await shared()
    const label = freshLabel()
    await post(server, 0, { label, key: 'cam', priority: 'HIGH', source: 'front door' })
    const { sees, events } = await follow(server, { labels: [label] })
    await sees(1)
    await post(server, 1, { label })
    const { position, epoch } = await sees(2)
    const kept = await must(server, `GET /events?labels=${label}`)
    expect(events).toEqual(kept.events)
    expect([position, epoch]).toEqual([kept.position, kept.epoch])
  })

  it('are filtered by type, label and priority, and go on after any of them', async () => {
    const server = await shared()
    const label = freshLabel()
    const { sees, events, numbers, socket } = await follow(server, {
      types: ['bell', 'MOTION'],
      labels: [label, 'other'],
      min_priority: 'normal',
    })
    await post(server, 0, { label, type: 'Bell' })
    await post(server, 1, { label, type: 'door' })
    await post(server, 2, { label, type: 'motion', priority: 'LOW' })
    await post(server, 3, { label: freshLabel(), type: 'bell' })
    await post(server, 4, { label, type: 'motion', priority: 'CRITICAL' })
    await sees(2)
    expect(numbers()).toEqual([0, 4])
    socket.send({ type: 'unfollow', id: 1 })
    expect(await socket.nextOfType('unfollowed')).toEqual({ type: 'unfollowed', id: 1 })
    const again = await follow(server, { labels: [label], after: events[0]?.id })
    await again.sees(3)
    expect(again.numbers()).toEqual([1, 2, 4])
  })

  it('share the socket with pictures', async () => {
    const server = await shared()
    const label = freshLabel()
    const { socket, sees, numbers } = await follow(server, { labels: [label], types: ['test'] })
    socket.ask({ type: 'watch', id: 2, label })
    await socket.nextOfType('watching')
    for (const n of [0, 1, 2]) {
      await post(server, n, { label })
      await sees(n + 1)
      await server.publish(label, 'cam')
      const { header } = await socket.nextPicture()
      expect(header).toMatchObject({ label, sequence: n + 1 })
      socket.ask({ type: 'credit', n: Number(header.n) })
    }
    expect(numbers()).toEqual([0, 1, 2])
  })

  it('are refused with a sentence that names the field or the setting', async () => {
    const server = await TestServer.start({ config: { 'limits.watches': 1 } })
    const { socket } = await follow(server)
    socket.send({ type: 'follow', id: 2, after: 'x' })
    expect(await socket.nextOfType('error')).toEqual({
      type: 'error',
      code: 'invalid',
      message: 'after: must be the id of an event, such as 1800000000000-0',
      id: 2,
    })
    for (const type of ['follow', 'watch']) {
      socket.send({ type, id: 3 })
      expect(await socket.nextOfType('error')).toMatchObject({
        code: 'exhausted',
        message: 'at most 1 watches on one connection (limits.watches)',
        id: 3,
      })
    }
  })
})

describe('events over /ws/live, and who sees them', () => {
  it('shows a user those of their labels, until the right is taken away, and then none', async () => {
    const { server, admin, add } = await startHouse()
    const { access } = await add('nora', 'guest', ['North'])
    const { sees, numbers, socket } = await follow(server, {}, access)
    for (const [n, label] of ['South', undefined, 'North'].entries()) await post(server, n, label ? { label } : {})
    await sees(1)
    await must(server, 'PUT /users/nora/labels', { token: admin, body: { labels: ['South'] } })
    expect(await socket.closed).toEqual({ code: 1008, reason: 'the sites of this account were changed' })
    await post(server, 3, { label: 'North' })
    expect(numbers()).toEqual([2])
    const after = await follow(server, {}, access)
    await after.sees(1)
    expect(after.numbers()).toEqual([0])
  })

  it('shows a share link of one stream the events of that stream, until it is revoked', async () => {
    const { server, admin } = await startHouse()
    const body = {
      name: 'x',
      streams: [{ label: 'North', key: 'gate' }],
      metadata: true,
      expires_at: Date.now() + 60_000,
    }
    const link = await must(server, 'POST /links', { token: admin, body })
    const { sees, numbers, socket } = await follow(server, {}, textOf(link, 'token'))
    const targets = [{ label: 'North' }, { label: 'North', key: 'yard' }, { label: 'South', key: 'gate' }, {}]
    for (const [n, target] of targets.entries()) await post(server, n, target)
    await post(server, 4, { label: 'North', key: 'gate' })
    await sees(1)
    expect(numbers()).toEqual([4])
    await must(server, `DELETE /links/${link.id}`, { token: admin })
    expect(await socket.closed).toEqual({ code: 1008, reason: 'this link was revoked' })
  })
})

describe('LiveClient.events', () => {
  it('misses nothing and repeats nothing, however often the connection breaks', async () => {
    // Few are at hand: most of what was missed comes from the history.
    const server = await TestServer.start({ config: { 'streaming.buffer_size': 20 } })
    const clients = upTo(3).map(() => subscribe(server.url))
    for (const { hasBegun } of clients) await hasBegun()
    const random = randomNumbers(7)
    for (const n of upTo(300)) {
      await post(server, n)
      for (const { cut } of clients) if (random() < 0.05) cut()
    }
    for (const { sees, numbers, gaps } of clients) {
      await sees(300)
      expect([numbers, gaps]).toEqual([upTo(300), []])
    }
  })

  it('goes on after the server was started again, with what happened meanwhile', async () => {
    const config = { data_dir: temporaryFolder() }
    const port = await freePort()
    const first = await TestServer.start({ config: { ...config, port }, history: new EventThread() })
    const { sees, hasBegun, numbers, gaps, subscription, client } = subscribe(first.url)
    await hasBegun()
    for (const n of upTo(3)) await post(first, n)
    await sees(3)
    await first.close()
    const elsewhere = await TestServer.start({ config, history: new EventThread() })
    await post(elsewhere, 3)
    await elsewhere.close()
    const again = await TestServer.start({ config: { ...config, port }, history: new EventThread() })
    await sees(4)
    await post(again, 4)
    await sees(5)
    expect([numbers, gaps]).toEqual([upTo(5), []])
    client.disconnect()
    // Another program goes on where this one was.
    await post(again, 5)
    const { position, epoch } = subscription
    const later = subscribe(again.url, { after: position, epoch })
    await later.sees(1)
    expect([later.numbers, later.gaps]).toEqual([[5], []])
  })

  it('is told of a gap when the log has begun anew, or what it missed is gone', async () => {
    const config = { 'events.keep': 3, port: await freePort() }
    const first = await TestServer.start({ config })
    const { sees, hasBegun, numbers, gaps, subscription, client } = subscribe(first.url)
    await hasBegun()
    await post(first, 0)
    await sees(1)
    const { position, epoch } = subscription
    await first.close()
    const again = await TestServer.start({ config })
    await until(() => gaps.length === 1, 'a gap')
    expect(gaps).toEqual([{ missed_from: position, missed_to: expect.any(String) }])
    await post(again, 1)
    await sees(2)
    expect(subscription.epoch).not.toBe(epoch)
    client.disconnect()
    for (const n of [2, 3, 4, 5, 6]) await post(again, n)
    client.connect()
    await sees(5)
    expect([numbers, gaps.length]).toEqual([[0, 1, 4, 5, 6], 2])
  })

  it('gets the newest 100 first, and what could not be stored as it happens', async () => {
    const history = new MemoryHistory()
    const server = await TestServer.start({ history })
    for (const n of upTo(110)) await post(server, n)
    const { sees, numbers, gaps, cut } = subscribe(server.url)
    await sees(100)
    history.append = async () => {
      throw new Error('disk is full')
    }
    await post(server, 110)
    await sees(101)
    cut()
    await post(server, 111)
    await sees(102)
    expect([numbers, gaps]).toEqual([upTo(112).slice(10), []])
  })
})
