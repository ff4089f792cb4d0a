import { describe, expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { formOf, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { TestStore } from '../support/stores.ts'
import { until } from '../support/until.ts'

describe('a flood', () => {
  it('of streams stops at streams.max, though all of them come at once', async () => {
    const store = new TestStore()
    const server = await TestServer.start({ store, config: { 'streams.max': 20 } })
    await server.publish('site', 'first')
    store.hold()
    const post = (key: string) => server.post(formOf({ label: 'site', key, file: jpeg(8, 8) }))
    const answers = Array.from({ length: 100 }, (_, i) => post(`camera ${i}`))
    const again = Array.from({ length: 5 }, () => post('first'))
    await until(() => store.waiting >= 24, 'as many wait as may')
    store.release()
    const statuses = await Promise.all(answers.map(async (answer) => (await answer).status))
    expect(statuses.filter((status) => status === 200)).toHaveLength(19)
    expect(statuses.filter((status) => status === 503)).toHaveLength(81)
    for (const answer of again) expect((await answer).status).toBe(200)
    expect(await server.streams()).toHaveLength(20)
    expect((await post('one more')).status).toBe(503)
  })

  it('of streams on a socket is answered one by one, and the socket stays', async () => {
    const server = await TestServer.start({ config: { 'streams.max': 20 } })
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    for (let i = 0; i < 200; i++) publisher.send(imgMessage({ label: `site ${i}`, key: 'camera' }, jpeg(8, 8)))
    let stored = 0
    for (let i = 0; i < 200; i++) if ((await publisher.nextJson()).status === 'ok') stored++
    expect(stored).toBe(20)
    expect(publisher.ws.readyState).toBe(publisher.ws.OPEN)
  })

  it('of viewers stops at viewers.max: one more is closed with 1013, and the others go on', async () => {
    const server = await TestServer.start({ config: { 'viewers.max': 5 } })
    await server.publish('site', 'camera')
    const open = () => TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    const viewers = []
    for (let i = 0; i < 5; i++) {
      const viewer = await open()
      await viewer.nextFrame()
      viewers.push(viewer)
    }
    for (let i = 0; i < 20; i++) {
      const { code, reason } = await (await open()).closed
      expect(code).toBe(1013)
      expect(reason).toContain('5')
    }
    await server.publish('site', 'camera')
    for (const viewer of viewers) await viewer.nextFrame()
    await viewers[0]?.close()
    await until(() => server.hub.viewers === 4, 'one place is free')
    await (await open()).nextFrame()
  })

  it('of viewers that come and are cut off leaves nothing behind', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera')
    for (let round = 0; round < 10; round++) {
      const routes = ['/ws/labels/site', '/ws/live', '/ws/stream/site/camera', '/api/ws/labels/site', '/ws/nothing']
      const attempts = Array.from({ length: 30 }, async (_, i) => {
        const path = routes[i % routes.length] ?? ''
        const viewer = await TestSocket.open(server.socketUrl(path)).catch(() => undefined)
        viewer?.ws.terminate()
      })
      await Promise.all(attempts)
    }
    await until(() => server.hub.viewers === 0, 'all have left')
    const metrics = async () => (await server.get('/metrics')).text()
    await until(async () => (await metrics()).includes('belvedere_sockets 0\n'), 'all sockets are gone')
    expect((await server.streams())[0]).toMatchObject({ viewers: 0 })
  })

  it('of streams under one label reaches its viewers whole', async () => {
    const server = await TestServer.start()
    const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    for (let i = 0; i < 500; i++) publisher.send(imgMessage({ label: 'site', key: `camera ${i}` }, jpeg(8, 8)))
    for (let i = 0; i < 500; i++) await publisher.nextJson()
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    const keys = new Set<unknown>()
    for (let i = 0; i < 500; i++) keys.add((await viewer.nextFrame()).header.key)
    expect(keys.size).toBe(500)
    const grid = await TestSocket.open(server.socketUrl('/api/ws/labels', 'site'))
    expect((await grid.nextJson()).images).toHaveLength(500)
  })
})
