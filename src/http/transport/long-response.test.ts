import type { ServerResponse } from 'node:http'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeTestApp } from '../../../test/support/app.ts'
import { CONNECTION_RULES, NOBODY, unlimitedBytes, upgradeParts } from '../../../test/support/connections.ts'
import { anyone, frameInput, makeHub } from '../../../test/support/hub.ts'
import { ManualClock } from '../../../test/support/manual-clock.ts'
import { RawConnection } from '../../../test/support/raw.ts'
import { TestSocket } from '../../../test/support/sockets.ts'
import { until } from '../../../test/support/until.ts'
import type { Connection } from '../../core/connection.ts'
import { NO_COUNTERS } from '../../core/counters.ts'
import { Refusal } from '../../core/errors.ts'
import { EventLoopTurns } from '../../core/event-loop-turns.ts'
import { IMAGES, type ImageFrame } from '../../core/frame.ts'
import type { Principal } from '../../core/principal.ts'
import { ProbePace } from '../../core/send-window.ts'
import { FrameSender, framesOf } from '../../sinks/frame-sender.ts'
import { ConnectionRegistry } from './connection-registry.ts'
import { type LongAnswer, openLongResponse } from './long-response.ts'
import { SendQueues } from './send-queues.ts'
import { SocketRoutes } from './socket-routes.ts'
import { routeUpgrades } from './upgrade.ts'

const log = pino({ level: 'silent' })
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The final message of Server-Sent Events. */
const farewell: LongAnswer['farewell'] = (cause, reason) => encoder.encode(`event: ${cause}\ndata: ${reason}\n\n`)

function eventOf(frame: ImageFrame) {
  const event = encoder.encode(`data: ${'x'.repeat(frame.byteLength)}\nid: ${frame.sequence}\n\n`)
  return { plain: [event], bytes: event.length }
}

interface Options {
  readonly maxOfClient?: number
  readonly farewell?: LongAnswer['farewell']
  /** What the dialect does beside sending frames. */
  readonly visited?: (connection: Connection) => void
}

/** An application with a route like one of Server-Sent Events, a WebSocket beside it, and one registry for both. */
async function start(options: Options = {}) {
  const clock = new ManualClock()
  const { hub } = makeHub()
  const rules = { ...CONNECTION_RULES, max: 100, maxOfClient: options.maxOfClient ?? 100 }
  const registry = new ConnectionRegistry({ clock, rules, heldBytes: unlimitedBytes() })
  const end = new AbortController()
  const principal: Principal = { ...anyone, ended: end.signal }
  const opened: { answer: Connection; raw: ServerResponse }[] = []
  const parts = {
    hub,
    clock,
    log,
    counters: NO_COUNTERS,
    pace: new ProbePace(),
    turns: new EventLoopTurns(setImmediate),
  }
  const app = await makeTestApp()
  const { watchStreaming, beginStreaming } = app
  const sendQueues = new SendQueues({ clock })
  app.get('/events', async (_request, reply) =>
    openLongResponse({ registry, clock, log, sendQueues, watchStreaming, beginStreaming }, reply, {
      party: { principal, client: 'somebody', holder: NOBODY, isPrivileged: false },
      headers: { 'content-type': 'text/event-stream' },
      farewell: options.farewell,
      visit(connection) {
        opened.push({ answer: connection, raw: reply.raw })
        const sender = new FrameSender(parts, connection, principal, {
          dialect: 'events',
          accepts: IMAGES,
          confirmation: 'none',
          messages: (viewer) => framesOf(viewer, eventOf),
        })
        connection.listen(sender.listener)
        sender.viewer.watch(0, { label: 'site' })
        options.visited?.(connection)
      },
    }),
  )
  const upgrading = upgradeParts({ registry, clock, authorize: async () => principal })
  const sockets = new SocketRoutes(upgrading)
  sockets.add({ path: '/ws', action: 'view', maxMessage: 100, goodbye: 1001, visit() {} })
  routeUpgrades(app.server, upgrading, [sockets])
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const close = () => Promise.all([app.close(), registry.close(3000)])
  onTestFinished(() => {
    app.server.closeAllConnections()
  })
  return { url, hub, registry, clock, end, opened, close, publish: publisherTo(hub) }
}

function publisherTo(hub: ReturnType<typeof makeHub>['hub']) {
  return (bytes = 10) => hub.publish(anyone, frameInput('site', 'camera', bytes), 'test')
}

/** A client that reads. */
async function read(url: string) {
  const response = await fetch(`${url}/events`)
  const reader = response.body?.getReader()
  if (!reader) throw new Error('an answer without a body')
  let text = ''
  const more = async () => {
    const { value } = await reader.read()
    if (value) text += decoder.decode(value)
    return value !== undefined
  }
  return {
    response,
    /** Waits for a text and drops everything up to it. */
    async sees(expected: string) {
      while (!text.includes(expected)) if (!(await more())) throw new Error(`ended after ${text.slice(-100)}`)
      text = text.slice(text.indexOf(expected) + expected.length)
    },
    /** Everything received up to the end of the response. */
    async rest() {
      while (await more());
      return text
    },
    leave: () => reader.cancel(),
  }
}

/** A client that has sent its request and reads nothing. */
async function stall(url: string) {
  const peer = await RawConnection.open(url)
  peer.socket.pause()
  peer.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
  return peer
}

/** Publishes until the kernel's buffers are full and data stays in this process. */
async function fill({ publish, opened }: Awaited<ReturnType<typeof start>>) {
  await until(async () => {
    await publish(1_000_000)
    return (opened[0]?.raw.writableLength ?? 0) > 0
  }, 'the kernel takes no more')
}

describe('an answer that stays open', () => {
  it('is counted and limited as a socket is', async () => {
    const { url, registry } = await start({ maxOfClient: 2 })
    const first = await read(url)
    const socket = await TestSocket.open(`${url.replace('http', 'ws')}/ws`)
    await socket.settled()
    expect([registry.count('http'), registry.count('websocket')]).toEqual([1, 1])

    const refused = await fetch(`${url}/events`)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('content-type')).toContain('application/json')
    expect(await refused.json()).toEqual({
      detail: 'at most 2 connections of one client (limits.connections_per_client)',
    })
    const second = await TestSocket.open(`${url.replace('http', 'ws')}/ws`)
    expect(await second.closed).toEqual({
      code: 1008,
      reason: 'at most 2 connections of one client (limits.connections_per_client)',
    })

    await first.leave()
    await until(() => registry.count('http') === 0, 'its place is free')
    expect((await read(url)).response.status).toBe(200)
  })

  it('does not keep what Fastify made for its request', async () => {
    const { url, opened } = await start()
    await read(url)
    // Its listeners of the end of the response would: only ours, and Node's own, are left.
    expect(opened[0]?.raw.listeners('error')).toHaveLength(1)
    expect(opened[0]?.raw.listeners('finish')).toHaveLength(1)
  })

  it('says of itself what every answer says', async () => {
    const { url } = await start()
    const { headers } = (await read(url)).response
    expect(headers.get('content-type')).toBe('text/event-stream')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("default-src 'self'")
  })

  it('is told why it ends when its right does, and ends', async () => {
    const { url, end, registry, publish } = await start({ farewell })
    const reader = await read(url)
    await publish()
    await reader.sees('id: 1\n\n')
    end.abort('this account was disabled')
    // Too late.
    await publish()
    expect(await reader.rest()).toBe('event: revoked\ndata: this account was disabled\n\n')
    await until(() => registry.count('http') === 0, 'its place is free')
    const refused = await fetch(`${url}/events`)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toEqual({ detail: 'No longer allowed: this account was disabled.' })
  })

  it('just ends where its dialect has no words for it', async () => {
    const { url, end } = await start()
    const reader = await read(url)
    end.abort()
    expect(await reader.rest()).toBe('')
  })

  it('is cut off two seconds after its right ended if the peer does not read the goodbye', async () => {
    const server = await start({ farewell })
    const peer = await stall(server.url)
    await fill(server)
    server.end.abort('this account was disabled')
    server.clock.advance(1999)
    expect(server.opened[0]?.raw.destroyed).toBe(false)
    server.clock.advance(1)
    expect(server.opened[0]?.raw.destroyed).toBe(true)
    await until(() => server.registry.count('http') === 0, 'its place is free')
    peer.socket.resume()
    await peer.ended
  })

  it('does not hold the shutdown: it is told, and ends', async () => {
    const { url, close } = await start({ farewell })
    const reader = await read(url)
    const [rest] = await Promise.all([reader.rest(), close()])
    expect(rest).toBe('event: shutdown\ndata: the server is going down\n\n')
  })

  it('does not hold the shutdown for longer than the patience with a peer that reads nothing', async () => {
    const server = await start({ farewell })
    await stall(server.url)
    await fill(server)
    const closed = server.close()
    server.clock.advance(3000)
    await closed
  })

  it('is not begun behind other answers: of its end nobody might tell', async () => {
    const { url, registry, opened } = await start()
    const peer = await RawConnection.open(url)
    peer.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2))
    await until(() => registry.count('http') === 1)
    opened[0]?.answer.end('shutdown', '')
    await until(() => text(peer).includes('must be the only one'), 'the refusal')
    expect(text(peer)).toContain('HTTP/1.1 503 ')
    expect(registry.count('http')).toBe(0)
  })

  it('is ended for what goes wrong in it, and nobody else is', async () => {
    const { url, opened } = await start({ farewell })
    const [reader, other] = [await read(url), await read(url)]
    opened[0]?.answer.listen({
      drained() {
        throw new Error('no')
      },
    })
    // More than the kernel takes at once.
    const lastWords = `${'x'.repeat(20_000_000)}\n\n`
    opened[0]?.answer.write(encoder.encode(lastWords))
    expect(opened[0]?.answer.isDrained).toBe(false)
    const rest = await reader.rest()
    expect(rest.slice(lastWords.length)).toBe('event: failure\ndata: internal error\n\n')
    opened[1]?.answer.write(encoder.encode('still here'))
    await other.sees('still here')
  })

  it.each([
    ['idle', async () => {}],
    ['full', fill],
  ])('that is %s lets go of a peer that closes its side, and of nobody else', async (_, prepare) => {
    const server = await start()
    const peer = await stall(server.url)
    await until(() => server.opened.length === 1)
    await prepare(server)
    peer.socket.end()
    await until(() => server.opened[0]?.raw.socket?.writable !== true, 'the end of its side')
    await server.publish()
    const other = await read(server.url)
    await other.sees('data: ')
    peer.socket.destroy()
    await until(() => server.registry.count('http') === 1, 'its place is free')
  })

  it('has no body to stay open for when it is asked for by HEAD', async () => {
    const { url, registry } = await start()
    const answer = await fetch(`${url}/events`, { method: 'HEAD' })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect(registry.count('http')).toBe(0)
  })

  it('that has failed is cut off two seconds later if its peer does not read', async () => {
    const server = await start({ farewell })
    await stall(server.url)
    await fill(server)
    server.opened[0]?.answer.end('failure', 'internal error')
    expect(server.registry.count('http')).toBe(1)
    server.clock.advance(2000)
    await until(() => server.registry.count('http') === 0, 'its place is free')
  })

  it('writes nothing after its end', async () => {
    const { url, opened } = await start({ farewell })
    const reader = await read(url)
    const [{ answer } = {}] = opened
    answer?.end('shutdown', 'first')
    answer?.end('failure', 'second')
    answer?.write(encoder.encode('third'))
    expect(await reader.rest()).toBe('event: shutdown\ndata: first\n\n')
    answer?.end('failure', 'fourth')
  })

  it('writes what its dialect has to say before the frames that are there', async () => {
    const { url, publish, opened, end } = await start({
      visited: (connection) => connection.write(encoder.encode('retry: 1000\n\n')),
    })
    await publish()
    const reader = await read(url)
    await until(() => opened[0]?.answer.isDrained === true)
    end.abort()
    expect(await reader.rest()).toBe(`retry: 1000\n\ndata: ${'x'.repeat(10)}\nid: 1\n\n`)
  })

  it('that is refused by its dialect is answered as any request is, and leaves nothing behind', async () => {
    const { url, hub, registry } = await start({
      visited() {
        throw new Refusal('not_found', 'There is no such label')
      },
    })
    const refused = await fetch(`${url}/events`)
    expect(refused.status).toBe(404)
    expect(refused.headers.get('content-type')).toContain('application/json')
    expect(await refused.json()).toEqual({ detail: 'There is no such label' })
    expect(registry.count('http')).toBe(0)
    await until(() => hub.viewers === 0, 'no viewer is left')
  })

  it('that fails when it has begun is ended', async () => {
    const { url, registry, hub } = await start({
      farewell,
      visited(connection) {
        connection.write(encoder.encode('hello\n\n'))
        throw new Error('no')
      },
    })
    expect(await (await read(url)).rest()).toBe('hello\n\nevent: failure\ndata: internal error\n\n')
    await until(() => hub.viewers === 0 && registry.count('http') === 0, 'nothing is left')
  })
})

describe('a slow reader of an answer that stays open', () => {
  it('holds back only itself, and goes on with the newest', async () => {
    const server = await start()
    const peer = await stall(server.url)
    await until(() => server.opened.length === 1)
    const quick = await read(server.url)
    const slow = server.opened[0]?.raw
    const FRAME = 200_000
    let most = 0
    for (let n = 1; n <= 100; n++) {
      await server.publish(FRAME)
      await quick.sees(`id: ${n}\n\n`)
      most = Math.max(most, slow?.writableLength ?? 0)
    }
    // The part of one frame that the kernel did not accept, and nothing queued behind it.
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(FRAME + 1000)
    peer.socket.resume()
    await until(() => text(peer).includes('id: 100\n'), 'the newest')
    const seen = [...text(peer).matchAll(/id: (\d+)\n/g)].map(([, id]) => Number(id))
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.length, seen.join()).toBeLessThan(80)
    await server.publish(FRAME)
    await until(() => text(peer).includes('id: 101\n'), 'the next')
  })
})

function text({ received }: RawConnection): string {
  return decoder.decode(received)
}
