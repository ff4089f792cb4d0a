import { describe, expect, it } from 'vitest'
import type { DeclareOptions } from '../../src/core/declared-stream.ts'
import type { Demand } from '../../src/core/demand.ts'
import { anyone } from '../support/hub.ts'
import { jpeg } from '../support/pictures.ts'
import { TestServer, type TestServerOptions } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const NAME = { label: 'site', key: 'camera' }

/** A server with a stream that is declared on demand, and fed when the test says so. */
async function startServer(options: TestServerOptions & { declared?: Partial<DeclareOptions> } = {}) {
  const { declared, ...rest } = options
  const server = await TestServer.start(rest)
  const told: Demand[] = []
  let heard: (demand: Demand) => void = () => {}
  server.hub.declare(
    anyone,
    NAME,
    { when: 'on-demand', startTimeout: 20_000, closeAfter: 0, ...declared },
    {
      demandChanged(demand) {
        told.push(demand)
        heard(demand)
      },
    },
  )
  return {
    server,
    told,
    publish: () => server.publish(NAME.label, NAME.key),
    /** Resolves when somebody watches; at once if somebody does. */
    watched: () =>
      new Promise<void>((resolve) => {
        heard = ({ viewers }) => viewers > 0 && resolve()
        if ((told.at(-1)?.viewers ?? 0) > 0) resolve()
      }),
    /** Resolves when nobody watches any more. */
    left: () =>
      new Promise<void>((resolve) => {
        heard = ({ viewers }) => viewers === 0 && resolve()
        if (told.at(-1)?.viewers === 0) resolve()
      }),
  }
}

describe('a declared stream without a frame', () => {
  it('is in /labels and /streams, with its state and why', async () => {
    const { server } = await startServer()
    expect(await (await server.get('/labels')).json()).toEqual({ labels: ['site'] })
    expect(await server.streams()).toEqual([
      {
        ...NAME,
        state: 'idle',
        reason: 'on demand: nobody is watching',
        since: expect.any(Number),
        fps: 0,
        bytes_per_s: 0,
        viewers: 0,
      },
    ])
  })

  it.each([['/ws/labels/site'], ['/api/ws/labels/site'], ['/api/ws/stream/site/camera']])(
    'keeps %s open, and its first frame comes there',
    async (route) => {
      const { server, told, publish } = await startServer()
      const viewer = await TestSocket.open(server.socketUrl(route))
      await viewer.settled()
      expect(told).toHaveLength(1)
      await publish()
      expect(await viewer.next()).toBeTruthy()
    },
  )

  it('keeps /ws/stream open, and is pulled once a frame has come', async () => {
    const { server, told, publish } = await startServer()
    const viewer = await TestSocket.open(server.socketUrl('/ws/stream', 'site', 'camera'))
    await viewer.settled()
    expect(told).toHaveLength(1)
    await publish()
    viewer.send({ action: 'pull' })
    expect((await viewer.nextFrame()).header).toHaveProperty('id')
  })

  it('is told of on /ws/live with each of its states', async () => {
    const { server, publish } = await startServer()
    const viewer = await TestSocket.open(server.socketUrl('/ws/live'))
    viewer.ask({ type: 'watch', id: 1, max_fps: 0 })
    expect(await viewer.nextOfType('watching')).toMatchObject({
      streams: [{ ...NAME, state: 'idle', reason: 'on demand: nobody is watching' }],
    })
    viewer.ask({ type: 'watch', id: 1, max_fps: 5 })
    expect(await viewer.nextOfType('stream')).toMatchObject({ stream: { state: 'starting' } })
    await publish()
    const { stream } = await viewer.nextOfType('stream')
    expect(stream).toMatchObject({ state: 'live' })
    expect(stream).not.toHaveProperty('reason')
  })

  it('counts in streams.max', async () => {
    const { server } = await startServer({ config: { 'streams.max': 1 } })
    await expect(server.publish('another', 'stream')).rejects.toThrow('503')
  })
})

describe('GET /streams/{label}/{key}/snapshot of a declared stream', () => {
  const path = '/streams/site/camera/snapshot'

  it('that is idle wakes it, waits for its first picture and lets it go', async () => {
    const { server, watched, left } = await startServer()
    const asked = server.get(path)
    await watched()
    const picture = await server.publish('site', 'camera', { file: jpeg(24, 8) })
    const answer = await asked
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(picture)
    await left()
  })

  it('that slept since its last picture waits for a new one', async () => {
    const { server, publish, watched } = await startServer()
    await publish()
    const asked = server.get(path)
    await watched()
    const picture = await server.publish('site', 'camera', { file: jpeg(32, 8) })
    expect(Buffer.from(await (await asked).arrayBuffer())).toEqual(picture)
  })

  it('says that there is no picture yet when its time to start is over', async () => {
    const { server } = await startServer({ declared: { startTimeout: 50 } })
    const answer = await server.get(path)
    expect(answer.status).toBe(504)
    expect(await answer.text()).toMatch(
      /There is no picture of \\"site\/camera\\" yet: (waiting for the first frame|no frame within 0.05 s of starting)\./,
    )
  })

  it('waits no longer than snapshot.max_wait_s', async () => {
    const { server } = await startServer({ config: { 'snapshot.max_wait_s': 1 } })
    expect((await server.get(path)).status).toBe(504)
  })

  it('that is live, or of any other stream, is answered at once', async () => {
    const { server, publish } = await startServer()
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    await viewer.settled()
    await publish()
    expect((await server.get(path)).status).toBe(200)
    expect((await server.get('/streams/site/unknown/snapshot')).status).toBe(404)
  })
})
