import { describe, expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { addEntry } from '../support/redis-frames.ts'
import { TestRedis } from '../support/redis-server.ts'
import { formOf, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

/** Two servers with one Redis, with short times. */
async function setUp(config: Record<string, string | number> = {}) {
  const redis = await TestRedis.start()
  const settings = { 'redis.url': redis.url, 'redis.scan_s': 0.1, ...config }
  const [a, b] = await Promise.all([TestServer.start({ config: settings }), TestServer.start({ config: settings })])
  let number = 0
  /** Publishes a frame with the next number at the first server. */
  const post = () =>
    a.post(formOf({ label: 'site', key: 'cam', file: jpeg(8, 8), metadata_json: `{"number":${++number}}` }))
  await until(async () => (await post()).status === 200, 'one is stored')
  await until(async () => (await b.streams()).length === 1, 'the other finds it')
  const viewers = { a: await Numbers.of(a), b: await Numbers.of(b) }
  for (const viewer of [viewers.a, viewers.b]) await until(() => viewer.seen.at(-1) === number, 'both show it')
  return { redis, a, b, post, viewers, last: () => number }
}

/** What a viewer sees of the camera: the numbers of frames. */
class Numbers {
  readonly seen: number[] = []
  /** How old each was when it came, ms. */
  readonly ages: number[] = []
  readonly socket: TestSocket

  private constructor(socket: TestSocket) {
    this.socket = socket
  }

  static async of(server: TestServer): Promise<Numbers> {
    const numbers = new Numbers(await TestSocket.open(server.socketUrl('/ws/labels', 'site')))
    void numbers.#follow()
    return numbers
  }

  /** Each once, in their order. */
  expectRising(): void {
    expect(this.seen).toEqual([...new Set(this.seen)].toSorted((one, other) => one - other))
  }

  async #follow(): Promise<void> {
    for (;;) {
      const frame = await this.socket.nextFrame().catch(() => undefined)
      if (!frame) return
      const { metadata, received_at: receivedAt } = frame.header
      this.seen.push(Number(Object(metadata).number))
      this.ages.push(Date.now() - Number(receivedAt))
    }
  }
}

const statusOf = async (server: TestServer, path: string) => (await server.get(path)).status

describe('a Redis that is', () => {
  it('killed costs those who watch at the same server no frame, and all goes on when it is back', async () => {
    const { redis, a, b, post, viewers, last } = await setUp()
    await redis.kill()
    await until(async () => (await statusOf(a, '/labels')) === 503, '/labels says so')
    expect(await (await a.get('/api/labels')).json()).toEqual({
      detail: expect.stringMatching(/^Redis at .* cannot be reached/),
    })
    for (let i = 0; i < 5; i++) {
      const answer = await post()
      expect(answer.status).toBe(500)
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(await answer.json()).toEqual({
        detail: expect.stringMatching(/^Failed to store frame: Redis at .* cannot be/),
      })
      await until(() => viewers.a.seen.at(-1) === last(), 'it is shown here')
    }
    await until(async () => (await b.streams())[0]?.state === 'offline', 'the other says why it is silent')
    expect(String((await b.streams())[0]?.reason)).toMatch(/^Redis at .* cannot be reached/)
    expect(await statusOf(a, '/readyz')).toBe(200)
    await redis.startAgain()
    await until(async () => {
      const { status } = await post()
      // Who is slower than the frames come skips some.
      await until(() => viewers.a.seen.at(-1) === last(), 'it is shown here')
      return status === 200
    }, 'it is stored again')
    await until(() => viewers.b.seen.at(-1) === last(), 'the other shows it')
    await until(async () => (await statusOf(a, '/labels')) === 200, '/labels is well')
    await until(async () => (await b.streams())[0]?.state !== 'offline', 'it is well')
    const [first = 0] = viewers.a.seen
    expect(viewers.a.seen).toEqual(Array.from({ length: last() - first + 1 }, (_, i) => first + i))
    viewers.b.expectRising()
  })

  it('frozen is not waited for, and what it takes late is shown nowhere as new', async () => {
    const { redis, a, post, viewers, last } = await setUp({
      'redis.readiness': 'true',
      'redis.command_timeout_ms': 1000,
      'frames.store_timeout_ms': 1000,
    })
    redis.freeze()
    const before = last()
    const answers = await Promise.all([post(), post(), post()])
    for (const answer of answers) expect(answer.status).toBe(500)
    await until(async () => (await statusOf(a, '/labels')) === 504, '/labels says so')
    await until(async () => (await statusOf(a, '/readyz')) === 503, '/readyz says so')
    expect((await post()).status).toBe(500)
    await until(() => viewers.a.seen.at(-1) === last(), 'it is shown here')
    const lastFrozen = last()
    redis.thaw()
    await until(async () => (await post()).status === 200, 'it is stored again')
    await until(() => viewers.b.seen.at(-1) === last(), 'the other shows it')
    await until(async () => (await statusOf(a, '/readyz')) === 200, '/readyz is well')
    viewers.a.expectRising()
    viewers.b.expectRising()
    // Those three had to wait for longer than a second.
    const ages = viewers.b.ages.filter((_, i) => {
      const seen = viewers.b.seen[i] ?? 0
      return seen > before && seen < lastFrozen
    })
    for (const age of ages) expect(age).toBeGreaterThan(900)
  })

  it('full takes nothing, and the rest goes on', async () => {
    const { redis, a, post, viewers, last } = await setUp()
    const client = await redis.client()
    await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '1'])
    const answer = await post()
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({
      detail: expect.stringMatching(/^Failed to store frame: .* is full \(maxmemory\)/),
    })
    await until(() => viewers.a.seen.at(-1) === last(), 'it is shown here')
    expect(await statusOf(a, '/labels')).toBe(200)
    await client.sendCommand(['CONFIG', 'SET', 'maxmemory', '0'])
    expect((await post()).status).toBe(200)
    await until(() => viewers.b.seen.at(-1) === last(), 'the other shows it')
    viewers.a.expectRising()
    viewers.b.expectRising()
  })

  it('cut off again and again loses nobody', async () => {
    const { redis, post, viewers, last } = await setUp()
    for (let i = 0; i < 10; i++) {
      const client = await redis.client()
      await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      client.destroy()
      await post()
      await until(() => viewers.a.seen.at(-1) === last(), 'it is shown here')
    }
    await until(async () => (await post()).status === 200, 'it is stored again')
    await until(() => viewers.b.seen.at(-1) === last(), 'the other shows it')
    viewers.a.expectRising()
    viewers.b.expectRising()
  })

  it('emptied while somebody watches goes on with the next frame', async () => {
    const { redis, post, viewers, last } = await setUp()
    const client = await redis.client()
    await client.sendCommand(['FLUSHALL'])
    expect((await post()).status).toBe(200)
    await until(() => viewers.b.seen.at(-1) === last(), 'the other shows it')
    await client.sendCommand(['CLIENT', 'UNBLOCK', '1'])
    expect((await post()).status).toBe(200)
    await until(() => viewers.b.seen.at(-1) === last(), 'the other shows it')
  })

  it('away when a server starts keeps it from nothing', async () => {
    const redis = await TestRedis.start()
    await redis.kill()
    const config = { 'redis.url': redis.url, 'redis.scan_s': 0.1 }
    const server = await TestServer.start({ config })
    const post = () => server.post(formOf({ label: 'site', key: 'cam', file: jpeg(16, 8) }))
    expect((await post()).status).toBe(500)
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    await viewer.nextFrame()
    await redis.startAgain()
    const client = await redis.client()
    await addEntry(client, 'site', 'cam', { frame: jpeg(24, 8) })
    expect((await viewer.nextFrame()).image).toEqual(jpeg(24, 8))
  })
})
