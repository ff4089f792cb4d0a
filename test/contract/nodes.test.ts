import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ALL } from '../../src/core/authorization.ts'
import type { Demand } from '../../src/core/demand.ts'
import { systemPrincipal } from '../../src/core/principal.ts'
import { ask, listOf, login, must, textOf } from '../support/accounts.ts'
import { DEMO_KEYS, putDemo, takePicture, watchDemo } from '../support/demo.ts'
import { declareNext } from '../support/hub.ts'
import { gauge, twoNodes } from '../support/nodes.ts'
import { TestRedis } from '../support/redis-server.ts'
import { type Fields, freshLabel, KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

async function streamAt(server: TestServer, label: string, key: string): Promise<Fields | undefined> {
  return (await server.streams()).find((stream) => stream.label === label && stream.key === key)
}

describe('a stream that a source at one server feeds', () => {
  it('is drawn faster for a viewer at the other, and not for nobody', async () => {
    const { a, b } = await twoNodes()
    await putDemo(a, { running: true })
    const [key = ''] = DEMO_KEYS
    await until(async () => (await streamAt(b, 'demo', key))?.state === 'live', 'the demo is live at the other server')
    expect(await streamAt(a, 'demo', key)).toMatchObject({ viewers: 0 })
    const viewer = await watchDemo(b)
    for (let i = 0; i < 30; i++) await takePicture(viewer)
    await until(
      async () => Number((await streamAt(a, 'demo', key))?.fps) > 1.5,
      'it is drawn faster than once a second',
    )
    expect(await streamAt(a, 'demo', key)).toMatchObject({ viewers: 1 })
    viewer.ws.close()
    await until(async () => (await streamAt(a, 'demo', key))?.viewers === 0, 'nobody watches')
  })

  it('is listed at the other before anybody watches, starts for a viewer there, and rests when they have left', async () => {
    const { a, b } = await twoNodes()
    const label = freshLabel()
    const name = { label, key: 'cam' }
    const wanted: Demand[] = []
    const camera = systemPrincipal('a camera', [{ actions: ['publish'], scope: ALL }])
    const options = { when: 'on-demand', startTimeout: 5000, closeAfter: 100 } as const
    const declaration = a.hub.declare(camera, name, options, {
      demandChanged(demand) {
        wanted.push(demand)
        if (demand.viewers > 0) void a.publish(label, 'cam')
      },
    })
    await until(async () => (await streamAt(b, label, 'cam'))?.state === 'idle', 'it is listed as idle')
    const viewer = await TestSocket.open(b.socketUrl('/ws/live'))
    viewer.ask({ type: 'watch', id: 1, label, max_fps: 3, width: 320 })
    await viewer.nextPicture()
    expect(wanted).toEqual([{ viewers: 1, maxFps: 3, maxWidth: 320, kinds: ['image'] }])
    expect(await streamAt(b, label, 'cam')).toMatchObject({ state: 'live' })
    viewer.ws.close()
    await until(() => wanted.length === 2, 'it is told that nobody watches')
    expect(wanted[1]?.viewers).toBe(0)
    declaration.withdraw()
  })

  it('is shown there alone where it starts with the next frame, and the other says so', async () => {
    const { a, b } = await twoNodes()
    const label = freshLabel()
    const declaration = declareNext(a.hub, label, 'image')
    await until(async () => (await streamAt(b, label, 'image')) !== undefined, 'it is listed at the other')
    const viewer = await TestSocket.open(b.socketUrl('/ws/live'))
    viewer.ask({ type: 'watch', id: 1, label })
    const reason = 'it is shown only by the server that reads it: its frames do not go through Redis'
    expect(await viewer.nextOfType('watching')).toMatchObject({ streams: [{ state: 'offline', reason }] })
    await a.publish(label, 'image')
    await viewer.settled()
    expect(declaration.demand.viewers).toBe(0)
    const snapshot = await b.get(`/streams/${label}/image/snapshot`)
    expect([snapshot.status, await snapshot.json()]).toEqual([
      404,
      { detail: `There is no picture of "${label}/image" yet: ${reason}` },
    ])
    declaration.withdraw()
  })

  it('runs at the server that pulls alone', async () => {
    const { b } = await twoNodes()
    const { status, body } = await putDemo(b, { running: true })
    expect([status, JSON.parse(body)]).toEqual([
      503,
      { detail: 'This server pulls no sources (sources.pull); ask the one that does.' },
    ])
  })
})

it('two servers that feed the same are told of it, the first and the second', async () => {
  const redis = await TestRedis.start()
  const config = { 'redis.port': redis.port }
  const begin = async () => {
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
    const server = await TestServer.start({ config, log })
    const isTold = () => lines.some((line) => line.includes('sources.pull must be true at one server only'))
    return { server, isTold }
  }
  const [first, second] = [await begin(), await begin()]
  await putDemo(first.server, { running: true })
  // The second knows of it before it does the same, and hears nothing new of it afterwards.
  const states = async () => (await (await second.server.get('/streams')).text()).match(/"state":"live"/g) ?? []
  await until(async () => (await states()).length === 3, 'its streams, all live')
  await putDemo(second.server, { running: true })
  await until(() => first.isTold() && second.isTold(), 'a warning of each')
})

describe('what ends at one server', () => {
  it('ends at the other: a session, a key, a link', async () => {
    const { a, b } = await twoNodes()
    const label = freshLabel()
    await a.publish(label, 'cam')
    const { access: admin } = await login(a, 'admin')
    const { key, id } = await must(a, 'POST /keys', { token: admin, body: { name: 'wall', scope: 'view' } })
    const link = await must(a, 'POST /links', {
      token: admin,
      body: { name: 'guest', streams: [{ label }], expires_at: Date.now() + 600_000 },
    })
    const tokens = [admin, String(key), textOf(link, 'token')]
    const sockets = await Promise.all(
      tokens.map((token) => TestSocket.open(`${b.socketUrl('/ws/live')}?token=${token}`)),
    )
    const endings: [string, Promise<unknown>][] = [
      [`DELETE /keys/${id}`, sockets[1]?.closed ?? Promise.reject()],
      [`DELETE /links/${link.id}`, sockets[2]?.closed ?? Promise.reject()],
      ['POST /logout', sockets[0]?.closed ?? Promise.reject()],
    ]
    for (const [call, closed] of endings) {
      await must(a, call, { token: admin })
      await closed
    }
  })
})

it('whoever has signed in at one server is known at the other with the next request', async () => {
  const { a, b } = await twoNodes()
  for (let i = 0; i < 5; i++) {
    const { access } = await login(i % 2 ? a : b, 'admin')
    expect(await must(i % 2 ? b : a, 'GET /session', { token: access })).toMatchObject({ name: 'admin' })
  }
})

describe('limits', () => {
  it('of calls hold for both servers together', async () => {
    const { a, b } = await twoNodes({ 'limits.calls_per_minute': 100 })
    for (let i = 0; i < 90; i++) await must(a, 'GET /streams', { token: KEY })
    let answered = 0
    const isRefused = async (server: TestServer) => {
      const { status } = await ask(server, 'GET /streams', { token: KEY })
      if (status === 200) answered++
      return status === 429
    }
    await until(() => isRefused(b), 'the other server refuses', { every: 50 })
    expect(answered).toBeLessThan(60)
    await until(() => isRefused(a), 'the first one refuses', { every: 50 })
  })

  it('of wrong passwords hold for both servers together', async () => {
    const { a, b } = await twoNodes({ 'limits.login_tries': 3, 'limits.login_delay_s': 0 })
    const guess = (server: TestServer) =>
      ask(server, 'POST /login', { body: { username: 'admin', password: 'a wrong one' } })
    for (let i = 0; i < 4; i++) expect((await guess(a)).status).toBe(401)
    await until(async () => (await guess(b)).status === 429, 'the other server refuses')
    expect((await guess(a)).status).toBe(429)
  })
})

it('a command runs once, and its event is at both servers', async () => {
  const { a, b } = await twoNodes()
  const { result } = await must(b, 'POST /commands/trigger_doorbell', { token: KEY, body: {} })
  for (const server of [a, b]) {
    const rung = async () => listOf(await must(server, 'GET /events?types=DOORBELL_PRESSED', { token: KEY }), 'events')
    await until(async () => (await rung()).length > 0, 'it is there')
    expect((await rung()).map(({ id }) => id)).toEqual([Object(result).event_id])
  }
})

it('viewers are counted at both, and no longer when their server has ended', async () => {
  const { a, b } = await twoNodes()
  const label = freshLabel()
  await a.publish(label, 'cam')
  await until(async () => (await streamAt(b, label, 'cam')) !== undefined, 'it is listed')
  await TestSocket.open(a.socketUrl('/ws/labels', label))
  await TestSocket.open(b.socketUrl('/ws/labels', label))
  for (const server of [a, b])
    await until(async () => (await streamAt(server, label, 'cam'))?.viewers === 2, 'both are counted')
  expect([await gauge(a, 'viewers'), await gauge(a, 'installation_viewers')]).toEqual([1, 2])
  await b.close()
  await until(async () => (await streamAt(a, label, 'cam'))?.viewers === 1, 'one is counted')
  expect(await gauge(a, 'installation_servers')).toBe(1)
})

it('without Redis each server goes on alone, and is told of the others once it is back', async () => {
  const { redis, a, b } = await twoNodes({ 'limits.guest_calls_per_minute': 10_000, 'limits.calls_per_minute': 10_000 })
  await TestSocket.open(b.socketUrl('/ws/live'))
  await until(async () => (await gauge(a, 'installation_viewers')) === 1, 'it is counted')
  await redis.kill()
  await until(async () => (await gauge(a, 'installation_viewers')) === 0, 'it is counted no longer')
  for (let i = 0; i < 5; i++) await must(a, 'GET /session', { token: KEY })
  await redis.startAgain()
  await until(async () => (await gauge(a, 'installation_viewers')) === 1, 'it is counted again')
})
