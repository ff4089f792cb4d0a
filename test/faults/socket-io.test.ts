import type { AddressInfo } from 'node:net'
import { createServer, connect as tcpConnect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { must } from '../support/accounts.ts'
import { freePort } from '../support/free-port.ts'
import { rawRequest } from '../support/raw.ts'
import { KEY, TestServer } from '../support/server.ts'
import { SocketIoClient } from '../support/socket-io.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'
import { Witness } from '../support/witness.ts'

const POLL = '/socket.io/?EIO=4&transport=polling'

async function post(server: TestServer, n: number): Promise<void> {
  await must(server, 'POST /events', { token: KEY, body: { type: 'test', label: 'x', data: { n } } })
}

/** A client that speaks the protocol by hand, and has joined "/". */
async function joined(server: TestServer): Promise<TestSocket> {
  const socket = await TestSocket.open(server.socketUrl('/socket.io/?EIO=4&transport=websocket'))
  socket.send('40')
  await seen(socket, /^42\["message"/)
  return socket
}

/** The next message that matches. @throws when the connection closes first */
async function seen(socket: TestSocket, pattern: RegExp): Promise<string> {
  for (;;) {
    const message = String(await socket.next())
    if (pattern.test(message)) return message
  }
}

/** What a server's counter says. */
async function limited(server: TestServer, limit: string): Promise<number> {
  const text = await (await server.get('/metrics')).text()
  return Number(new RegExp(`belvedere_limited_total\\{limit="${limit}"\\} (\\d+)`).exec(text)?.[1] ?? 0)
}

describe('what makes no sense', () => {
  const shared = TestServer.ofFile({ config: { 'streaming.max_connections': 1000 } })

  it('is answered by an error to that client alone, which stays', async () => {
    const server = await shared()
    const other = new SocketIoClient(server)
    await other.ask('subscribe', {})
    const client = await joined(server)
    const senseless = [
      '["nothing"]',
      '[7]',
      '["subscribe"]',
      '["subscribe",null]',
      '["subscribe",[]]',
      '["subscribe",{"event_types":7}]',
      '["subscribe",{"event_types":[null]}]',
      '["subscribe",{"event_types":[""]}]',
      `["subscribe",{"event_types":["${'x'.repeat(2001)}"]}]`,
      `["subscribe",{"event_types":${JSON.stringify(Array.from({ length: 101 }, (_, i) => `t${i}`))}}]`,
      '["subscribe_labels","North"]',
      '["subscribe_labels",[{}]]',
      '["system_command"]',
      '["system_command",{"command":{}}]',
      `["system_command",{"command":"x","params":${'['.repeat(30)}${']'.repeat(30)}}]`,
      '["request_video_stream",{"quality":null}]',
      '["__proto__",{}]',
      '["constructor"]',
      '["hasOwnProperty",1]',
      `["${'n'.repeat(30_000)}"]`,
    ]
    for (const packet of senseless) {
      client.send(`42${packet}`)
      const answer = await seen(client, /^42\["error"/)
      expect(answer.length).toBeLessThan(400)
    }
    // With an acknowledgement that is answered too.
    client.send('4217["subscribe",{"event_types":7}]')
    expect(await seen(client, /^4317/)).toMatch(/^4317\[\{"error":"event_types: /)
    client.send('42["system_command",{"command":"dance"}]')
    expect(await seen(client, /command_result/)).toBe(
      '42["command_result",{"command":"dance","success":false,"error":"Unknown command: dance"}]',
    )
    client.send('4218["subscribe",{}]')
    expect(await seen(client, /^4318/)).toBe('4318[{"event_types":["*"]}]')
    await post(server, 1)
    await seen(client, /live_event/)
    await other.sees('live_event')
    expect(other.all('error')).toEqual([])
    expect(other.all('disconnect')).toEqual([])
  })

  it('at most ends the connection that it came on, whatever it is', async () => {
    const server = await shared()
    const witness = await Witness.start(server.url)
    const packets = fc.oneof(
      fc.string(),
      fc.string().map((text) => `4${text}`),
      fc
        .tuple(fc.constantFrom('40', '41', '42', '43', '44', '45', '46', '451-', '4599-', '42/socket.io/,'), fc.json())
        .map((all) => all.join('')),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => `42["subscribe",${json}]`),
      fc.json().map((json) => `40${json}`),
      fc.string().map((name) => `40/${name},`),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(packets, { minLength: 1, maxLength: 20 }), async (messages) => {
        const client = await joined(server)
        for (const message of messages) if (client.ws.readyState === client.ws.OPEN) client.send(message)
        client.ws.close()
        await client.closed
      }),
      { numRuns: 100 },
    )
    await witness.isServed()
  })

  it('is refused where it is a namespace, an engine, a session or a body', async () => {
    const server = await shared()
    const strange = new SocketIoClient(server, { namespace: '/strange' })
    expect(await strange.sees('connect_error')).toMatchObject([{ message: 'Invalid namespace' }])
    const answers = await Promise.all(
      [
        ['GET', '/socket.io/'],
        ['GET', '/socket.io/?EIO=4&transport=carrier-pigeon'],
        ['GET', '/socket.io/?EIO=4&transport=websocket'],
        ['GET', `${POLL}&sid=nobody`],
        ['GET', `${POLL}&sid=__proto__`],
        ['GET', `${POLL}&j=1`],
        ['POST', POLL],
        ['POST', `${POLL}&sid=nobody`],
      ].map(([method = '', path = '']) => rawRequest(server.url + path, { method })),
    )
    for (const { status, body } of answers) {
      expect(status).toBe(400)
      expect(JSON.parse(body)).toEqual({ code: expect.any(Number), message: expect.any(String) })
    }
    expect((await rawRequest(server.url + POLL, { method: 'PUT' })).status).toBe(404)
    expect(
      (await rawRequest(`${server.url}/socket.io/../etc/passwd`, { path: '/socket.io/../etc/passwd' })).status,
    ).toBe(404)
  })

  it('is not handled where it is too large, and too much of it ends the connection', async () => {
    const server = await shared()
    const client = await joined(server)
    client.send(`42["subscribe",{"event_types":["${'x'.repeat(70_000)}"]}]`)
    expect(await seen(client, /^42\["error"/)).toBe('42["error",{"message":"A message has at most 64 KiB."}]')
    client.send(`42["subscribe",{"event_types":["${'x'.repeat(1_000_001)}"]}]`)
    expect((await client.closed).code).toBe(1009)

    const { body } = await rawRequest(server.url + POLL)
    const { sid } = JSON.parse(body.slice(1))
    const large = await rawRequest(`${server.url}${POLL}&sid=${sid}`, { method: 'POST', body: 'x'.repeat(1_000_001) })
    expect(large.status).toBe(413)
    const many = await rawRequest(`${server.url}${POLL}&sid=${sid}`, { method: 'POST', body: '\x1e'.repeat(5000) })
    expect(many.status).toBe(400)
    expect((await rawRequest(`${server.url}${POLL}&sid=${sid}`)).status).toBe(400)
  })
})

describe('a flood on Socket.IO', () => {
  it('of messages is held back, and the others are served', async () => {
    const server = await TestServer.start({ config: { 'limits.messages_per_s': 100 } })
    const witness = await Witness.start(server.url)
    const client = await joined(server)
    for (let n = 0; n < 5000; n++) client.send('42["system_command",{"command":"x"}]')
    const { body } = await rawRequest(server.url + POLL)
    const session = `${server.url}${POLL}&sid=${JSON.parse(body.slice(1)).sid}`
    await rawRequest(session, { method: 'POST', body: '40' })
    const flood = rawRequest(session, { method: 'POST', body: Array(1000).fill('42["x"]').join('\x1e') })
    await until(async () => (await limited(server, 'limits.messages_per_s')) > 0)
    // It takes ten seconds.
    expect(await Promise.race([flood, 'waiting'])).toBe('waiting')
    for (let n = 0; n < 20; n++) await witness.isServed()
    client.ws.terminate()
  })

  it('of connections that never say whose they are is limited, in number and time', async () => {
    const server = await TestServer.start({ config: { 'streaming.connecting_per_client': 3 } })
    const url = server.socketUrl('/socket.io/?EIO=4&transport=websocket')
    const open = await Promise.all([TestSocket.open(url), TestSocket.open(url), TestSocket.open(url)])
    await expect(TestSocket.open(url)).rejects.toThrow('429')
    const refused = await rawRequest(server.url + POLL)
    expect([refused.status, JSON.parse(refused.body).detail]).toEqual([
      429,
      'Too many connections have not said yet whose they are (streaming.connecting_per_client).',
    ])
    expect(await limited(server, 'streaming.connecting_per_client')).toBe(2)
    for (const socket of open) socket.ws.terminate()
    await until(() => joined(server).then(Boolean, () => false), 'a place')
    const brief = await TestServer.start({ config: { 'streaming.connecting_s': 1 } })
    await (await TestSocket.open(brief.socketUrl('/socket.io/?EIO=4&transport=websocket'))).closed
  })

  it('of attempts to upgrade a session upgrades it once', async () => {
    const server = await TestServer.start()
    const client = new SocketIoClient(server)
    await until(() => client.transport === 'websocket')
    const { id } = client.socket.io.engine
    await client.sees('connected')
    await expect(TestSocket.open(server.socketUrl(`/socket.io/?EIO=4&transport=websocket&sid=${id}`))).rejects.toThrow(
      '400',
    )
    expect(await client.ask('subscribe', {})).toEqual({ event_types: ['*'] })
  })

  it('of attempts to join on one connection joins once', async () => {
    const server = await TestServer.start()
    const socket = await TestSocket.open(server.socketUrl('/socket.io/?EIO=4&transport=websocket'))
    for (let n = 0; n < 50; n++) socket.send('40')
    await seen(socket, /^40/)
    await socket.closed.catch(() => {})
    await joined(server)
  })
})

describe('a client of Socket.IO that reads more slowly than things happen', () => {
  it('is cut off, and goes on where it was', async () => {
    const server = await TestServer.start({
      config: { 'streaming.buffer_size': 5, 'limits.events_per_minute': 100_000 },
    })
    const client = new SocketIoClient(server, { transports: ['websocket'] })
    await client.ask('subscribe', {})
    const { ws } = client.socket.io.engine.transport as { ws: { _socket: { pause(): void; resume(): void } } }
    ws._socket.pause()
    const padding = 'x'.repeat(50_000)
    let n = 0
    while ((await limited(server, 'streaming.buffer_size')) === 0) {
      await must(server, 'POST /events', { token: KEY, body: { type: 'test', label: 'x', data: { n: n++, padding } } })
      if (n > 2000) throw new Error('it is not cut off')
    }
    ws._socket.resume()
    await client.sees('live_event', n)
    expect(client.all('live_event').map(({ data }) => Object(data).n)).toEqual(Array.from({ length: n }, (_, i) => i))
    expect(client.all('connect').length).toBe(2)
  })
})

describe('a proxy that passes on only whole answers', () => {
  it('is no hindrance to polling, and cannot pass WebSockets', async () => {
    const server = await TestServer.start({
      config: { 'http.trusted_proxies': '127.0.0.1', 'access.anonymous': 'operate' },
    })
    const url = await bufferingProxy(server.url)
    const client = new SocketIoClient({ url })
    await client.ask('subscribe', {})
    for (let n = 0; n < 5; n++) {
      await post(server, n)
      await client.sees('live_event', n + 1)
    }
    expect(client.transport).toBe('polling')
    await client.cut()
    await post(server, 5)
    await client.sees('live_event', 6)
    expect(Reflect.get(client.socket, 'recovered')).toBe(true)
  })
})

describe('a server that restarts under a hundred clients', () => {
  it('is not stormed, and none of them misses anything', async () => {
    const config = { 'streaming.max_connections': 200, port: await freePort() }
    const first = await TestServer.start({ config })
    const clients = Array.from(
      { length: 100 },
      () =>
        new SocketIoClient(first, { transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 1000 }),
    )
    await Promise.all(clients.map((client) => client.ask('subscribe', {})))
    await first.close()
    // Each was told why, and its library comes again by itself.
    for (const client of clients) expect(await client.sees('error')).toEqual([{ message: 'the server is going down' }])
    const second = await TestServer.start({ config })
    await Promise.all(clients.map((client) => client.sees('connect', 2)))
    for (const client of clients) client.emit('subscribe', {})
    await Promise.all(clients.map((client) => client.sees('subscribed', 2)))
    await post(second, 1)
    await Promise.all(clients.map((client) => client.sees('live_event')))
    expect(await limited(second, 'streaming.connecting_per_client')).toBe(0)
  })
})

/** A proxy that understands no upgrades, and passes an answer on once it has all of it. */
async function bufferingProxy(target: string): Promise<string> {
  const { port } = new URL(target)
  const proxy = createServer((downstream) => {
    const upstream = tcpConnect(Number(port), '127.0.0.1')
    const end = () => {
      upstream.destroy()
      downstream.destroy()
    }
    let answer: Buffer = Buffer.alloc(0)
    downstream.on('data', (data) =>
      upstream.write(data.toString('latin1').replace(/^Upgrade: .*\r\n/im, 'X-Forwarded-For: 10.0.0.9\r\n'), 'latin1'),
    )
    upstream.on('data', (data: Buffer) => {
      answer = Buffer.concat([answer, data])
      const text = answer.toString('latin1')
      const head = text.indexOf('\r\n\r\n')
      const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0)
      if (head < 0 || answer.length < head + 4 + length) return
      downstream.write(answer)
      answer = Buffer.alloc(0)
    })
    for (const socket of [upstream, downstream]) socket.on('close', end).on('error', end)
  })
  proxy.listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  onTestFinished(() => {
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}
