import { describe, expect, it } from 'vitest'
import { jpeg } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

async function start() {
  const server = await TestServer.start()
  const open = (key = 'camera') => TestSocket.open(server.socketUrl('/api/ws/stream', 'site', key))
  return { server, open }
}

describe('WS /api/ws/stream/{label}/{key}', () => {
  it('pushes the newest frame and then each new one, as text with exactly three fields', async () => {
    const { server, open } = await start()
    const first = await server.publish('site', 'camera')
    await server.publish('site', 'other')
    const viewer = await open()
    expect(await viewer.nextJson()).toEqual({
      id: expect.stringMatching(/^\d+-\d+$/),
      image: base64(first),
      warnings: 'No warning',
    })
    for (let width = 24; width <= 80; width += 8) {
      const file = await server.publish('site', 'camera', { file: jpeg(width, 8) })
      expect(await viewer.nextJson()).toMatchObject({ image: base64(file) })
    }
    await viewer.settled()
    expect(viewer.unread).toBe(0)
  })

  it('gives rising ids', async () => {
    const { server, open } = await start()
    await server.publish('site', 'camera')
    const viewer = await open()
    const ids: number[][] = []
    for (let i = 0; i < 5; i++) {
      ids.push(
        String((await viewer.nextJson()).id)
          .split('-')
          .map(Number),
      )
      await server.publish('site', 'camera')
    }
    const sorted = ids.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d)
    expect(ids).toEqual(sorted)
    expect(new Set(ids.map(String)).size).toBe(5)
  })

  it('writes warnings as lines', async () => {
    const { server, open } = await start()
    await server.publish('site', 'camera', {
      warnings_json: '{"warning_no_hardhat":{"count":2},"warning_close_to_machinery":true}',
    })
    const { warnings } = await (await open()).nextJson()
    expect(String(warnings).split('\n')).toEqual([
      expect.stringContaining('hardhat'),
      expect.stringContaining('machinery'),
    ])
    expect(warnings).toContain('2')
  })

  it('lets its page take a warning that has ended off the screen, which it does only for a text', async () => {
    const { server, open } = await start()
    let list: string[] = []
    // As the page of the first generation does.
    const show = ({ warnings }: { warnings?: unknown }) => {
      if (typeof warnings === 'string' && warnings !== '') list = warnings.split('\n')
      return list
    }
    await server.publish('site', 'camera', { warnings_json: 'Too close\nNo hardhat' })
    const viewer = await open()
    expect(show(await viewer.nextJson())).toEqual(['Too close', 'No hardhat'])
    for (const warnings_json of [undefined, '無警告', '{"warning_no_hardhat":[]}', '{}']) {
      await server.publish('site', 'camera', { warnings_json })
      expect(show(await viewer.nextJson())).toEqual(['No warning'])
    }
  })

  it('tells an unknown stream to the letter and closes', async () => {
    const { server, open } = await start()
    await server.publish('site', 'camera')
    const viewer = await open('nothing')
    expect(await viewer.nextJson()).toEqual({ error: 'No new data available' })
    expect((await viewer.closed).code).toBe(1000)
  })

  it('gives no answer to the pings of its clients', async () => {
    const { server, open } = await start()
    await server.publish('site', 'camera')
    const viewer = await open()
    await viewer.nextJson()
    viewer.send('{"type":"ping"}')
    viewer.send('{"action":"pull"}')
    await viewer.settled()
    expect(viewer.unread).toBe(0)
  })
})
