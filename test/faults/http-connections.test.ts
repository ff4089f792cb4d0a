import { once } from 'node:events'
import { connect as connectSecurely } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../support/accounts.ts'
import { certificateIn, makeCertificate, secureRequest } from '../support/certificate.ts'
import { temporaryFolder } from '../support/command.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { authorized, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
const SNAPSHOT = 'GET /streams/site/camera/snapshot HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** How often a limit was reached, asked on a connection of its own that is closed again. */
async function countOf(server: TestServer, limit: string): Promise<number> {
  const { body } = await ownRequest(server, '/metrics')
  return Number(new RegExp(`^belvedere_limited_total\\{limit="${limit}"\\} (\\d+)$`, 'm').exec(body)?.[1] ?? 0)
}

async function ownRequest(server: TestServer, path: string) {
  const connection = await RawConnection.open(server.url)
  connection.write(`GET ${path} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  await connection.ended
  const [head = '', body = ''] = connection.text.split('\r\n\r\n')
  connection.socket.destroy()
  return { head, body }
}

/** A connection that has had a request answered. */
async function openUsed(server: TestServer, localAddress?: string): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url, localAddress)
  connection.write(GET)
  await connection.sees('HTTP/1.1 200 ')
  return connection
}

/** A connection with half a request. */
async function openBusy(server: TestServer): Promise<RawConnection> {
  const connection = await openUsed(server)
  connection.post('/login', 100, '{')
  return connection
}

describe('a connection too many of one address', () => {
  it('takes the place of the one idle for longest', async () => {
    const server = await TestServer.start({ config: { 'limits.http_connections_per_address': 3 } })
    const connections = [await openUsed(server), await openUsed(server), await openUsed(server)]
    connections[0]?.write(GET)
    await until(() => connections[0]?.text.split('HTTP/1.1 200 ').length === 3, 'a second answer')
    await openUsed(server)
    await connections[1]?.ended
    for (const i of [0, 2]) connections[i]?.write(GET)
    await until(() => connections[2]?.text.split('HTTP/1.1 200 ').length === 3, 'the others are served')
  })

  it('takes the place of one whose request was refused, though its body is still coming', async () => {
    const config = { 'limits.http_connections_per_address': 3, 'limits.refused_bytes_per_s': 1000 }
    const server = await TestServer.start({ clock: new ManualClock(), config })
    const refused = []
    for (let n = 0; n < 3; n++) {
      const connection = await RawConnection.open(server.url)
      connection.post('/frames', 20_000_000)
      connection.write(new Uint8Array(20_000_000))
      await connection.sees('HTTP/1.1 401 ')
      refused.push(connection)
    }
    await openUsed(server)
    await refused[0]?.ended
  })

  it('is refused when no other is idle, until one is', async () => {
    const limit = 'limits.http_connections_per_address'
    const server = await TestServer.start({ config: { [limit]: 2 } })
    const busy = [await openBusy(server), await openBusy(server)]
    const refused = await RawConnection.open(server.url)
    await refused.ended
    expect(refused.text).toMatch(/HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n/s)
    expect(refused.text).toContain(limit)
    busy[0]?.write('x'.repeat(99))
    await busy[0]?.sees('HTTP/1.1 400 ')
    await openUsed(server)
    expect(await countOf(server, limit)).toBeGreaterThanOrEqual(2)
  })

  it('is one of another address, and a trusted proxy may have more', async () => {
    const config = { 'limits.http_connections_per_address': 1, 'http.trusted_proxies': '127.0.0.1' }
    const server = await TestServer.start({ config })
    await openBusy(server)
    await openUsed(server)
  })

  it('is none that became a WebSocket, nor one that has closed', async () => {
    const server = await TestServer.start({ config: { 'limits.http_connections_per_address': 2 } })
    for (let i = 0; i < 3; i++) await (await TestSocket.open(server.socketUrl('/ws/live'))).settled()
    for (let i = 0; i < 3; i++) (await openBusy(server)).socket.destroy()
    await until(async () => (await ownRequest(server, '/healthz')).head.includes(' 200 '), 'there is room')
    await openBusy(server)
  })

  it('is one that was refused as a WebSocket, until it is closed', async () => {
    const limit = 'limits.http_connections_per_address'
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { [limit]: 2 } })
    for (let i = 0; i < 2; i++) {
      const turnedAway = await RawConnection.open(server.url)
      turnedAway.upgrade('/ws/frames')
      // The close message, which it does not answer.
      await turnedAway.sees('\x88')
    }
    const { head, body } = await ownRequest(server, '/healthz')
    expect([head, body]).toEqual([expect.stringContaining(' 503 '), expect.stringContaining(`(${limit})`)])
    await until(async () => {
      clock.advance(1000)
      return (await ownRequest(server, '/healthz')).head.includes(' 200 ')
    }, 'there is room')
  })

  it('is closed before the handshake where TLS is spoken, and what ended makes room', async () => {
    const files = makeCertificate(temporaryFolder())
    const ca = certificateIn(files)
    const config = { 'http.tls.cert': files.cert, 'http.tls.key': files.key, 'limits.http_connections_per_address': 2 }
    const server = await TestServer.start({ config })
    const { hostname, port } = new URL(server.url)
    const open = async () => {
      const socket = connectSecurely({ host: hostname, port: Number(port), ca })
      socket.on('error', () => {})
      onTestFinished(() => {
        socket.destroy()
      })
      await once(socket, 'secureConnect')
      socket.write('POST /login HTTP/1.1\r\nHost: localhost\r\n')
      return socket
    }
    const first = await open()
    await open()
    await expect(secureRequest(`${server.url}/healthz`, ca)).rejects.toThrow()
    first.destroy()
    await until(async () => (await secureRequest(`${server.url}/healthz`, ca).catch(() => undefined))?.status === 200)
    for (let i = 0; i < 3; i++) {
      const plain = await RawConnection.open(server.url)
      plain.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await plain.ended
      plain.socket.destroy()
    }
    // A handshake that does not begin gives way.
    const silent = await RawConnection.open(server.url)
    await open()
    await silent.ended
  })
})

describe('a client that is refused again and again', () => {
  const limit = 'limits.refusals_per_s'

  it('is answered a second late, whatever it asks, and others are not', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { [limit]: 2 } })
    const upgrade =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
    const requests = ['GET /nothing', 'GET /%zz', 'GET /streams/site/none/snapshot', 'GET /ws/live?token=wrong']
    const connections = await Promise.all(requests.map(() => RawConnection.open(server.url)))
    const ask = (i: number) =>
      connections[i]?.write(`${requests[i]} HTTP/1.1\r\nHost: localhost\r\n${i === 3 ? upgrade : ''}\r\n`)
    for (const i of [0, 1]) {
      ask(i)
      await connections[i]?.sees('HTTP/1.1 40')
    }
    for (const i of [2, 3]) ask(i)
    await until(async () => (await countOf(server, limit)) === 2, 'two that wait')
    const other = await RawConnection.open(server.url, '127.0.0.2')
    other.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await other.sees('HTTP/1.1 404')
    for (const i of [2, 3]) expect(connections[i]?.text).toBe('')
    clock.advance(1000)
    await connections[2]?.sees('HTTP/1.1 404')
    await connections[3]?.sees('HTTP/1.1 101')
  })

  it('is disconnected after it when it sends a body in chunks, which take much time', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { [limit]: 1 } })
    const connections = await Promise.all([1, 2, 3].map(() => RawConnection.open(server.url)))
    for (const connection of connections) connection.post('/nothing', 'chunked', '1\r\nx\r\n'.repeat(50_000))
    await until(async () => (await countOf(server, limit)) === 2, 'two that wait')
    clock.advance(1000)
    for (const connection of connections) {
      expect(await connection.sees('{"detail":')).toMatch(/^HTTP\/1\.1 404 /)
      await connection.ended
    }
  })

  it('keeps nobody waiting at shutdown', async () => {
    const server = await TestServer.start({ clock: new ManualClock(), config: { [limit]: 1 } })
    const connections = await Promise.all([1, 2].map(() => RawConnection.open(server.url)))
    for (const connection of connections) connection.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(async () => (await countOf(server, limit)) === 1, 'one that waits')
    await server.close()
    for (const connection of connections) await connection.sees('HTTP/1.1 404')
  })
})

it('connections of all together have a limit', async () => {
  const limit = 'limits.http_connections'
  const server = await TestServer.start({ config: { [limit]: 2 } })
  const busy = [await openBusy(server), await openBusy(server)]
  const { head, body } = await ownRequest(server, '/healthz')
  expect(head).toMatch(/HTTP\/1\.1 503 /)
  expect(body).toContain(`(${limit})`)
  for (const { socket } of busy) socket.destroy()
  await until(async () => (await ownRequest(server, '/healthz')).head.includes(' 200 '), 'there is room again')
})

it('idle connections of the address that has most give way to those of others', async () => {
  const server = await TestServer.start({ config: { 'limits.http_connections': 4 } })
  const many = [await openUsed(server), await openUsed(server), await openUsed(server)]
  const other = await openUsed(server, '127.0.0.2')
  await openUsed(server, '127.0.0.3')
  await many[0]?.ended
  await openUsed(server, '127.0.0.2')
  await many[1]?.ended
  for (const { socket } of [...many.slice(2), other]) expect(socket.readableEnded).toBe(false)
})

describe('what takes too long', () => {
  it('to send the head of a request is told so and disconnected', async () => {
    const server = await TestServer.start({ config: { 'http.head_timeout_s': 0.3 } })
    for (const beginning of ['', 'GET /healthz HTTP/1.1\r\nHost: loc']) {
      const connection = await RawConnection.open(server.url)
      connection.write(beginning)
      await connection.ended
      expect(connection.text).toMatch(/HTTP\/1\.1 408 .*\(http\.head_timeout_s\)/s)
    }
    // On a busy machine who asks for it may be too slow as well.
    await until(async () => (await countOf(server, 'http.head_timeout_s')) >= 2, 'the count')
  })

  it('to send the body of a request is told so and disconnected', async () => {
    const config = { 'http.head_timeout_s': 0.2, 'http.request_timeout_s': 0.5 }
    const server = await TestServer.start({ config })
    // Again and again: on a busy machine its head may be too slow already.
    await until(async () => {
      const connection = await RawConnection.open(server.url)
      connection.post('/login', 100, '{')
      await connection.ended
      return /HTTP\/1\.1 408 .*\(http\.request_timeout_s\)/s.test(connection.text)
    }, 'it is told so')
    await until(async () => (await countOf(server, 'http.request_timeout_s')) >= 1, 'the count')
  })

  it('to shake hands is disconnected', async () => {
    const files = makeCertificate(temporaryFolder())
    const config = { 'http.tls.cert': files.cert, 'http.tls.key': files.key, 'http.tls.handshake_timeout_s': 0.2 }
    const server = await TestServer.start({ config })
    const silent = await RawConnection.open(server.url)
    await silent.ended
    // On a busy machine who asks for it may be too slow as well.
    await until(async () => {
      const { body } = await secureRequest(`${server.url}/metrics`, certificateIn(files))
      return body.includes('belvedere_limited_total{limit="http.tls.handshake_timeout_s"} ')
    }, 'the count')
  })

  it('to read an answer is disconnected, but not who waits for one', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { 'snapshot.max_wait_s': 300 } })
    await server.publish('site', 'camera', { file: jpeg(16, 8, 9_000_000) })
    await server.publish('site', 'quiet')
    const waiting = server.get('/streams/site/quiet/snapshot?wait=300')
    const reader = await RawConnection.open(server.url)
    reader.socket.pause()
    reader.write(SNAPSHOT)
    await until(async () => {
      // Time goes on until it is disconnected: 30 s in which it takes nothing.
      clock.advance(1000)
      return (await countOf(server, 'http.answer_timeout_s')) === 1
    }, 'it is disconnected')
    reader.socket.resume()
    await reader.ended
    expect(reader.received.length).toBeLessThan(9_000_000)
    await server.publish('site', 'quiet')
    expect((await waiting).status).toBe(200)
  })
})

it('who reads a large answer slowly, over TLS too, reads it to its end', async () => {
  const files = makeCertificate(temporaryFolder())
  const clock = new ManualClock()
  const server = await TestServer.start({ clock, config: { 'http.tls.cert': files.cert, 'http.tls.key': files.key } })
  const ca = certificateIn(files)
  const publisher = await TestSocket.open(server.socketUrl('/ws/frames'), { ca, headers: authorized() })
  publisher.send(imgMessage({ label: 'site', key: 'camera' }, jpeg(16, 8, 9_900_000)))
  expect(await publisher.nextJson()).toMatchObject({ status: 'ok' })
  const { hostname, port } = new URL(server.url)
  const socket = connectSecurely({ host: hostname, port: Number(port), ca })
  onTestFinished(() => {
    socket.destroy()
  })
  socket.write(SNAPSHOT)
  let received = 0
  for await (const { length } of socket) {
    // 100 KB a second, in each of which the server has a turn to write more.
    const seconds = Math.floor((received + length) / 100_000) - Math.floor(received / 100_000)
    received += length
    for (let second = 0; second < seconds; second++) {
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
      clock.advance(1000)
    }
    if (received > 9_900_000) break
  }
  expect(received, 'the whole picture').toBeGreaterThan(9_900_000)
})

describe('answers that are not read', () => {
  it('take no more than the share of their client, and the largest are given up first', async () => {
    const config = { 'limits.held_bytes_per_client': 12_000_000, 'limits.pipelined_requests': 2 }
    const server = await TestServer.start({ config })
    await server.publish('site', 'camera', { file: jpeg(16, 8, 9_000_000) })
    const open = async (request: string) => {
      const connection = await RawConnection.open(server.url)
      connection.socket.pause()
      connection.write(request)
      return connection
    }
    const one = await open(SNAPSHOT)
    const two = await open(SNAPSHOT + SNAPSHOT)
    await until(async () => (await countOf(server, 'limits.held_bytes_per_client')) === 1, 'one is disconnected')
    two.socket.resume()
    await two.ended
    expect(two.received.length).toBeLessThan(18_000_000)
    one.socket.resume()
    await until(() => one.received.length > 9_000_000, 'the other reads on')
  })

  it('are not made for more pipelined requests than may wait', async () => {
    const server = await TestServer.start({ config: { 'limits.pipelined_requests': 2 } })
    const connection = await RawConnection.open(server.url)
    connection.write(GET.repeat(4))
    expect(await connection.sees('(limits.pipelined_requests)')).toContain('HTTP/1.1 503 ')
    expect(await countOf(server, 'limits.pipelined_requests')).toBeGreaterThanOrEqual(1)
    expect((await ask(server, 'GET /streams', { headers: authorized() })).status).toBe(200)
  })
})

describe('of a packet full of requests', () => {
  const shared = TestServer.ofFile({ config: { 'limits.requests_per_turn': 1 } })
  const request = (head: string) => `GET ${head}\r\n\r\n`

  it.each([
    ['/healthz', 503, '(limits.pipelined_requests)', request('/healthz HTTP/1.1\r\nHost: localhost')],
    ['a bad address', 503, '(limits.pipelined_requests)', request('/%zz HTTP/1.1\r\nHost: localhost')],
    ['two hosts', 400, 'Host: must be given once.', request('/ HTTP/1.1\r\nHost: a\r\nHost: b')],
    ['no host', 400, 'Host: must be given once.', request('/ HTTP/1.1')],
    ['an unknown expectation', 417, 'Expect: ', request('/ HTTP/1.1\r\nHost: a\r\nExpect: more')],
  ])('for %s only one is refused: it is answered %i and the rest is not looked at', async (_, status, detail, one) => {
    const server = await shared()
    const before = await countOf(server, 'limits.pipelined_requests')
    const connection = await RawConnection.open(server.url)
    connection.write(one.repeat(1000))
    await connection.ended
    const statuses = [...connection.text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => Number(code))
    // The first of them may have had its answer.
    expect(statuses.length).toBeLessThanOrEqual(2)
    expect(statuses.at(-1)).toBe(status)
    expect(connection.text).toContain(detail)
    expect(connection.text).toContain('\r\nConnection: close\r\n')
    expect((await countOf(server, 'limits.pipelined_requests')) - before).toBe(status === 503 ? 1 : 0)
  })

  it('those for a bad address wait for their turn as others do', async () => {
    const server = await shared()
    const before = await countOf(server, 'limits.requests_per_turn')
    const connection = await RawConnection.open(server.url)
    connection.write(request('/%zz HTTP/1.1\r\nHost: localhost').repeat(10))
    await until(() => connection.text.split('HTTP/1.1 400 ').length === 11, 'ten answers')
    expect(await countOf(server, 'limits.requests_per_turn')).toBeGreaterThanOrEqual(before + 9)
  })

  it('none is served after one with a large answer that is not read', async () => {
    const server = await shared()
    await server.publish('site', 'camera', { file: jpeg(16, 8, 9_000_000) })
    const connection = await RawConnection.open(server.url)
    connection.socket.pause()
    connection.write(SNAPSHOT)
    const before = await countOf(server, 'limits.pipelined_requests')
    connection.write(GET.repeat(1000))
    await until(async () => (await countOf(server, 'limits.pipelined_requests')) > before, 'it is refused')
    connection.socket.resume()
    await connection.ended
    expect(connection.received.length).toBeLessThan(9_000_000)
  })
})
