import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { randomBytes, randomNumbers } from '../support/random.ts'
import { clientFrame, openRaw, RawConnection, rawRequest } from '../support/raw.ts'
import { authorized, formOf, freshLabel, KEY, TestServer, type TestServerOptions } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'
import { Witness } from '../support/witness.ts'

const SOCKETS = [
  '/ws/frames',
  '/ws/labels/site',
  '/ws/stream/site/camera',
  '/api/ws/labels/site',
  '/api/ws/stream/site/camera',
  '/ws/live',
]
const TEXT = 0x81
const BINARY = 0x82
const BUILT_PAGE = join(import.meta.dirname, '../../dist/web')
const DEEP = '['.repeat(30_000)

async function start(options: TestServerOptions = {}) {
  const server = await TestServer.start(options)
  await server.publish('site', 'camera')
  return { server, witness: await Witness.start(server.url) }
}

describe.each(SOCKETS)('on %s', (path) => {
  const shared = TestServer.ofFile()

  it.each([
    ['a reserved bit', clientFrame(0xc1, 'x'), 1002],
    ['a reserved opcode', clientFrame(0x83, 'x'), 1002],
    ['a frame without a mask', Buffer.of(TEXT, 1, 65), 1002],
    ['the rest of a message that never began', clientFrame(0x80, 'x'), 1002],
    ['a ping in pieces', clientFrame(0x09, 'x'), 1002],
    ['a ping that is too long', clientFrame(0x89, Buffer.alloc(126)), 1002],
    ['a close frame of one byte', clientFrame(0x88, 'x'), 1002],
    ['a close code that does not exist', clientFrame(0x88, Buffer.of(3, 236)), 1002],
    ['a text that is no UTF-8', clientFrame(TEXT, Buffer.of(0xc3, 0x28)), 1007],
    ['a length of 2^63 - 1 bytes', clientFrame(BINARY, '', 2n ** 63n - 1n), 1009],
    ['a length of 100 MB', clientFrame(BINARY, '', 100_000_000), 1009],
  ])('%s ends this connection with the right code, and no other', async (_what, frame, code) => {
    const server = await shared()
    await server.publish('site', 'camera')
    const witness = await Witness.start(server.url, freshLabel())
    const connection = await openRaw(server, path)
    const before = connection.received.length
    connection.write(frame)
    await connection.ended
    const closing = Buffer.from(connection.received).lastIndexOf(Buffer.of(code >> 8, code & 255))
    expect(closing, `the close code ${code}`).toBeGreaterThanOrEqual(before)
    await witness.isServed()
  })

  it('random bytes harm nobody else', async () => {
    const { server, witness } = await start()
    const random = randomNumbers(1)
    for (let i = 0; i < 20; i++) {
      const connection = await openRaw(server, path)
      for (let part = 0; part < 5; part++) connection.write(randomBytes(random, 1 + Math.floor(random() * 2_000)))
      connection.socket.end()
      await connection.ended
    }
    await witness.isServed()
  })

  it('texts of every kind, random ones and very deep JSON among them, leave it open', async () => {
    const { server, witness } = await start()
    const socket = await TestSocket.publisher(server.socketUrl(path))
    const random = randomNumbers(2)
    const texts = ['', '\0', DEEP, `{"type":${DEEP}`, `{"a":`.repeat(10_000), '{"type":"watch","id":1e400}', '\ud800']
    for (const field of ['__proto__', 'constructor', 'toString']) texts.push(`{"type":"${field}","action":"${field}"}`)
    for (let i = 0; i < 200; i++) texts.push(Buffer.from(randomBytes(random, random() * 200)).toString('latin1'))
    for (const text of texts) socket.send(text)
    await socket.settled()
    expect(socket.ws.readyState).toBe(socket.ws.OPEN)
    await witness.isServed()
  })

  it('messages of random bytes leave it open', async () => {
    const { server, witness } = await start()
    const socket = await TestSocket.publisher(server.socketUrl(path))
    const random = randomNumbers(3)
    for (let i = 0; i < 200; i++) socket.send(randomBytes(random, random() * 5_000))
    await socket.settled()
    expect(socket.ws.readyState).toBe(socket.ws.OPEN)
    await witness.isServed()
  })

  it('a message in ten thousand pieces is one message', async () => {
    const { server, witness } = await start()
    const connection = await openRaw(server, path)
    const pieces = Array.from({ length: 10_000 }, () => clientFrame(0x00, 'x'))
    connection.write(Buffer.concat([clientFrame(0x01, 'x'), ...pieces, clientFrame(0x80, 'x')]))
    connection.write(clientFrame(0x89, 'still there?'))
    await until(() => Buffer.from(connection.received).includes('still there?'), 'the pong')
    await witness.isServed()
  })
})

describe('a publisher', () => {
  it('that sends broken messages is answered each time', async () => {
    const { server, witness } = await start()
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    const random = randomNumbers(4)
    const good = imgMessage({ label: 'site', key: 'broken', warnings_json: '{"a":1}' }, jpeg(64, 48, 2_000))
    for (let i = 0; i < 500; i++) {
      const broken = Uint8Array.from(good)
      for (let flips = 0; flips <= random() * 5; flips++) broken[Math.floor(random() * 300)] = random() * 256
      publisher.send(random() < 0.3 ? broken.subarray(0, random() * broken.length) : broken)
      expect(['ok', 'error']).toContain((await publisher.nextJson()).status)
    }
    await witness.isServed()
  })

  it('that nests its JSON very deep is told so, in every field that holds any', async () => {
    const { server, witness } = await start()
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    for (const field of ['warnings_json', 'detection_items_json', 'metadata_json']) {
      const deep = field === 'metadata_json' ? `{"a":${nested}}` : nested
      publisher.send(imgMessage({ label: 'site', key: 'camera', [field]: deep }, jpeg(8, 8)))
      expect(await publisher.nextJson()).toMatchObject({ status: 'error', message: expect.stringContaining(field) })
      const response = await server.post(formOf({ label: 'site', key: 'camera', file: jpeg(8, 8), [field]: deep }))
      expect(response.status).toBe(422)
    }
    publisher.send(Buffer.from(`{"a":${nested}}--IMG--`))
    expect(await publisher.nextJson()).toMatchObject({ status: 'error' })
    await witness.isServed()
  })

  it('that sends a message far over the limit is closed with 1009, and costs no memory', async () => {
    const { server, witness } = await start({ config: { 'http.body_bytes': 100_000 } })
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    publisher.send(new Uint8Array(1_000_000))
    expect((await publisher.closed).code).toBe(1009)
    await witness.isServed()
  })
})

describe('over HTTP', () => {
  it('bytes that are no request are answered with 400', async () => {
    const { server, witness } = await start()
    const random = randomNumbers(5)
    const requests = [
      '\0\0\0\0\r\n\r\n',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'GET / HTTP/1.1\r\nHost localhost\r\n\r\n',
    ]
    requests.push('GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', `${'x'.repeat(100_000)}\r\n\r\n`)
    for (let i = 0; i < 30; i++) requests.push(Buffer.from(randomBytes(random, 500)).toString('latin1'))
    for (const request of requests) {
      const connection = await RawConnection.open(server.url)
      connection.write(Buffer.from(request, 'latin1'))
      connection.socket.end()
      await connection.ended
      expect(Buffer.from(connection.received).toString()).toMatch(/^(HTTP\/1\.1 (4\d\d|505) |$)/)
    }
    await witness.isServed()
  })

  it('strange addresses are answered, none with 500', async () => {
    const { server, witness } = await start()
    const random = randomNumbers(6)
    const paths = [
      '/%',
      '/%00',
      '/%ff/%fe',
      '//',
      '/../../etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/assets/..%2f..%2fserver.ts',
    ]
    paths.push(
      '/streams/%ff/%ff/snapshot',
      '/streams/a/b/snapshot?wait=%00&id=%ff&id=2',
      '/docs/static/..%2f..%2fpackage.json',
    )
    paths.push(
      `/streams/${'%F0%9F%8F%97'.repeat(100)}/x/snapshot`,
      `/${'a'.repeat(10_000)}`,
      '/labels?token=',
      '/labels?token=%ff',
    )
    paths.push('/__proto__', '/constructor', '/labels?__proto__=1', '/openapi.json/', '/docs/', '/LABELS', '/labels/')
    for (let i = 0; i < 50; i++)
      paths.push(`/${encodeURI(Buffer.from(randomBytes(random, 20)).toString('latin1')).replaceAll(' ', '%20')}`)
    for (const path of paths) {
      const { status, body } = await rawRequest(server.url + path)
      expect(status, path).toBeGreaterThanOrEqual(200)
      expect(status, path).toBeLessThan(500)
      expect(body, path).not.toContain('root:')
      if (status >= 400) expect(JSON.parse(body), path).toEqual({ detail: expect.any(String) })
    }
    await witness.isServed()
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
    '%s of any route is answered, none with 500',
    async (method) => {
      const { server, witness } = await start({ pageDir: BUILT_PAGE })
      for (const path of [
        '/',
        '/labels',
        '/frames',
        '/streams',
        '/streams/site/camera/snapshot',
        '/metrics',
        '/ws/live',
      ]) {
        const headers = { ...authorized(), 'content-type': 'application/json' }
        const { status } = await rawRequest(server.url + path, { method, headers })
        expect(status, path).toBeLessThan(500)
      }
      await witness.isServed()
    },
  )

  it('a request that offers another protocol than WebSocket is answered like any other', async () => {
    const { server, witness } = await start()
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }
    const { status, body } = await rawRequest(`${server.url}/labels`, { headers })
    expect(status).toBe(200)
    expect(JSON.parse(body).labels).toContain('site')
    await witness.isServed()
  })

  it.each([
    ['a version that does not exist', { 'sec-websocket-version': '99' }, 400],
    ['no key', { 'sec-websocket-key': '' }, 400],
    ['a POST', {}, 405],
  ])('a WebSocket handshake with %s is refused', async (what, headers, expected) => {
    const { server, witness } = await start()
    const handshake = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    }
    const method = what === 'a POST' ? 'POST' : 'GET'
    const { status } = await rawRequest(`${server.url}/ws/live`, { method, headers: handshake })
    expect(status).toBe(expected)
    await witness.isServed()
  })

  it('forms of random bytes are answered with 4xx and a detail', async () => {
    const { server, witness } = await start()
    const random = randomNumbers(7)
    const whole = await new Response(formOf({ label: 'site', key: 'form', file: jpeg(8, 8) })).text()
    const boundary = /^--(\S+)/.exec(whole)?.[1] ?? ''
    const headers = { ...authorized(), 'content-type': `multipart/form-data; boundary=${boundary}` }
    const forms = ['', '--', `--${boundary}`, `--${boundary}\r\n`, `--${boundary}--\r\n`, `--${boundary}\r\n\r\n\r\n`]
    forms.push(`--${boundary}\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\n1\r\n--${boundary}--\r\n`)
    for (let i = 0; i < 100; i++) {
      const broken = Buffer.from(whole)
      for (let flips = 0; flips <= random() * 20; flips++) broken[Math.floor(random() * broken.length)] = random() * 256
      forms.push(broken.subarray(0, random() < 0.5 ? random() * broken.length : broken.length).toString('latin1'))
    }
    for (const body of forms) {
      const answer = await rawRequest(`${server.url}/frames`, { method: 'POST', headers, body })
      if (answer.status === 200) continue
      expect(answer.status, body).toBeGreaterThanOrEqual(400)
      expect(answer.status, body).toBeLessThan(500)
      expect(JSON.parse(answer.body)).toEqual({ detail: expect.any(String) })
    }
    await witness.isServed()
  })

  it('a form of a thousand fields and one of a hundred files are refused', async () => {
    const { server, witness } = await start()
    const fields = new FormData()
    for (let i = 0; i < 1000; i++) fields.append(`field ${i}`, 'x')
    const files = new FormData()
    for (let i = 0; i < 100; i++) files.append(`file ${i}`, new Blob(['x']), 'x.jpg')
    for (const form of [fields, files]) {
      const response = await server.post(form)
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
    }
    await witness.isServed()
  })

  it('a post whose sender vanishes in the middle leaves nothing behind', async () => {
    const { server, witness } = await start()
    for (let i = 0; i < 50; i++) {
      const connection = await RawConnection.open(server.url)
      connection.write(
        `POST /frames HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000\r\n\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`,
      )
      connection.write(jpeg(8, 8, 20_000))
      connection.socket.resetAndDestroy()
    }
    await witness.isServed()
    expect(await server.streams()).toHaveLength(2)
  })

  it('a thousand connections that say nothing, or half a request, keep nobody from being served', async () => {
    const { server, witness } = await start()
    const beginnings = [
      '',
      'G',
      'GET /labels HTTP/1.1\r\nHost: loc',
      'POST /frames HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n',
    ]
    for (let i = 0; i < 1000; i++) {
      const connection = await RawConnection.open(server.url)
      connection.write(beginnings[i % beginnings.length] ?? '')
    }
    await witness.isServed()
    expect((await server.get('/labels')).status).toBe(200)
  })
})
