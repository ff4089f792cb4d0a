import { describe, expect, it } from 'vitest'
import { ask, refused } from '../support/accounts.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg } from '../support/pictures.ts'
import { RawConnection } from '../support/raw.ts'
import { formOf, TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const LINE = '/api/webhook'
const LINE_BYTES = 90_000

/** Sends all of a message to LINE's webhook but its last byte. */
async function beginMessage(server: TestServer): Promise<RawConnection> {
  const connection = await RawConnection.open(server.url)
  connection.post(LINE, LINE_BYTES + 1, ' '.repeat(LINE_BYTES))
  return connection
}

/** How often a limit was reached. */
async function countOf(server: TestServer, limit: string): Promise<number> {
  const text = await (await server.get('/metrics')).text()
  return Number(new RegExp(`^belvedere_limited_total\\{limit="${limit}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

describe('unfinished bodies', () => {
  it('of one client take no more than its share, which is free again once they are answered', async () => {
    const server = await TestServer.start({ config: { 'limits.held_bytes_per_client': 150_000 } })
    const first = await beginMessage(server)
    const second = await beginMessage(server)
    // Whichever comes second is refused.
    await until(() => first.text + second.text !== '', 'a refusal')
    const [pending, other] = first.text === '' ? [first, second] : [second, first]
    expect(await other.sees('limits.held_bytes_per_client')).toMatch(/^HTTP\/1\.1 429 .*retry-after: 1/is)
    expect(await countOf(server, 'limits.held_bytes_per_client')).toBe(1)
    pending.write('x')
    expect(await pending.sees('}')).toMatch(/^HTTP\/1\.1 500 /)
    const third = await beginMessage(server)
    third.write('x')
    expect(await third.sees('}')).toMatch(/^HTTP\/1\.1 500 /)
  })

  it('are free again when their sender vanishes', async () => {
    const server = await TestServer.start({ config: { 'limits.held_bytes_per_client': 150_000 } })
    for (let i = 0; i < 5; i++) (await beginMessage(server)).socket.resetAndDestroy()
    await until(async () => {
      const connection = await beginMessage(server)
      connection.write('x')
      return (await connection.sees('}')).startsWith('HTTP/1.1 500 ')
    }, 'room for one more')
  })

  it('of strangers leave room for those who publish', async () => {
    const config = { 'limits.held_bytes': 1_000_000, 'limits.held_bytes_reserved': 500_000 }
    const server = await TestServer.start({ config })
    const strangers: RawConnection[] = []
    for (let i = 0; i < 8; i++) strangers.push(await beginMessage(server))
    await until(() => strangers.some(({ text }) => text.includes('(limits.held_bytes)')), 'a refusal')
    expect(strangers.map(({ text }) => text).join('')).toMatch(/^HTTP\/1\.1 503 /)
    await server.publish('site', 'camera', { file: jpeg(16, 8, 500_000) })
  })

  it('of single bytes count as what they take', async () => {
    const server = await TestServer.start({ config: { 'limits.held_bytes_per_client': 100_000 } })
    const connection = await RawConnection.open(server.url)
    connection.post(LINE, 'chunked')
    // Each is read by itself: what is read at once is joined.
    while (connection.text === '') {
      connection.write('1\r\nx\r\n')
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await connection.sees('limits.held_bytes_per_client')).toMatch(/^HTTP\/1\.1 429 /)
  })
})

describe('the body of a refused request', () => {
  it.each(['keep-alive', 'close'])(
    'is taken to its end, with "Connection: %s": its sender sees the answer',
    async (kind) => {
      const config = { 'access.anonymous': 'none', 'limits.refused_bytes_per_s': 1e9 }
      const server = await TestServer.start({ config })
      const body = new Uint8Array(30_000_000)
      for (const path of ['/frames', '/api/upload', '/nothing', '/%zz']) {
        const connection = await RawConnection.open(server.url)
        connection.post(path, body.length, '', { Connection: kind })
        const failure = await new Promise<unknown>((resolve) => {
          connection.socket.write(body, resolve)
        })
        expect([path, failure ?? undefined]).toEqual([path, undefined])
        expect(await connection.sees('{"detail":')).toMatch(/^HTTP\/1\.1 40[014] /)
      }
    },
  )

  it('is read at the limited rate, while others are served', async () => {
    const limit = 'limits.refused_bytes_per_s'
    const clock = new ManualClock()
    const server = await TestServer.start({ clock, config: { [limit]: 100_000 } })
    const connections = await Promise.all([1, 2, 3].map(() => RawConnection.open(server.url)))
    const bytes = 20_000_000
    for (const connection of connections) {
      connection.post('/frames', bytes)
      connection.write(new Uint8Array(bytes))
      await connection.sees('HTTP/1.1 401 ')
    }
    await until(async () => (await countOf(server, limit)) > 0, 'the limit')
    for (const { socket } of connections) expect(socket.writableLength).toBeGreaterThan(0)
    await server.publish('site', 'camera')
  })
})

describe('the body of a stranger', () => {
  const shared = TestServer.ofFile()

  it.each(['/login', '/refresh', '/logout', '/session', '/api/refresh'])(
    'to %s is small, and the connection that brought a larger one goes on',
    async (path) => {
      const connection = await RawConnection.open((await shared()).url)
      connection.post(path, 100_000, 'x'.repeat(50_000))
      const answer = await connection.sees('(http.public_body_bytes)')
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
      connection.write(`${'x'.repeat(50_000)}GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`)
      await connection.sees('HTTP/1.1 200 ')
    },
  )

  it.each(['/login', '/refresh', '/session'])('to %s is not deep', async (path) => {
    const nested = `${'['.repeat(8000)}${']'.repeat(8000)}`
    const connection = await RawConnection.open((await shared()).url)
    connection.post(path, nested.length, nested)
    expect(await connection.sees('nests deeper than 20 levels')).toMatch(/^HTTP\/1\.1 422 /)
  })

  it('is not waited for where there is nothing', async () => {
    const connection = await RawConnection.open((await shared()).url)
    connection.post('/nothing', 1000, '{')
    expect(await connection.sees('There is nothing')).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('is not waited for when its address has called too often', async () => {
    const server = await TestServer.start({ config: { 'limits.public_calls_per_minute': 2 } })
    for (let i = 0; i < 2; i++) await ask(server, 'POST /refresh', { body: {} })
    for (const path of ['/login', '/refresh', '/logout', '/session', LINE]) {
      const connection = await RawConnection.open(server.url)
      connection.post(path, 1000, '{')
      expect(await connection.sees('(limits.public_calls_per_minute)'), path).toMatch(/^HTTP\/1\.1 429 /)
    }
    expect(await countOf(server, 'limits.public_calls_per_minute')).toBe(5)
    expect((await ask(server, 'GET /streams')).status).toBe(200)
  })

  it('is not waited for without the signature of LINE', async () => {
    const server = await TestServer.start({ config: { 'line.channel_secret': 'a secret' } })
    const connection = await RawConnection.open(server.url)
    connection.post(LINE, 1000, '{')
    expect(await connection.sees('X-Line-Signature: is required')).toMatch(/^HTTP\/1\.1 401 /)
  })
})

it('a body has the limit of its setting, which the refusal names', async () => {
  const server = await TestServer.start({ config: { 'http.json_bytes': 1000, 'http.body_bytes': 1000 } })
  const body = { running: false, more: 'x'.repeat(1000) }
  expect(await ask(server, 'PUT /demo', { body })).toMatchObject(
    refused(413, 'body: at most 1000 bytes (http.json_bytes)'),
  )
  expect((await ask(server, 'PUT /demo', { body: { running: false } })).status).toBe(200)
  const response = await server.post(formOf({ label: 'site', key: 'camera', file: jpeg(8, 8, 2_000_000) }))
  expect([response.status, await response.text()]).toEqual([413, expect.stringContaining('(http.body_bytes)')])
})
