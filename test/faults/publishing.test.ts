import { describe, expect, it } from 'vitest'
import { ask, startHouse } from '../support/accounts.ts'
import { jpeg } from '../support/pictures.ts'
import { authorized, type FrameForm, formOf, KEY, type TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'

const ARRAYS = (count: number) => JSON.stringify({ list: Array(count).fill([]) })

async function post(server: TestServer, token: string, fields: FrameForm) {
  const body = formOf({ label: 'site', key: 'cam', file: jpeg(8, 8), ...fields })
  const response = await fetch(`${server.url}/frames`, { method: 'POST', body, headers: authorized(token) })
  return { status: response.status, body: await response.json() }
}

/** How often each limit was met, from the metrics. */
async function limitsMet(server: TestServer): Promise<string[]> {
  const metrics = await (await server.get('/metrics', authorized(KEY))).text()
  return [...metrics.matchAll(/^belvedere_limited_total\{limit="([^"]+)"\} \d+$/gm)].map(([, limit = '']) => limit)
}

describe('a publisher of one label', () => {
  it('cannot fill the memory with what comes with small pictures', async () => {
    const { server, add } = await startHouse({
      config: { 'frames.metadata_bytes': 20_000, 'frames.metadata_values': 1000, 'streams.ring_bytes': 100_000 },
    })
    const { access } = await add('mallory', 'user', ['site'])
    expect(await post(server, access, { metadata_json: ARRAYS(10_000) })).toEqual({
      status: 413,
      body: { detail: 'metadata_json: at most 20000 bytes (frames.metadata_bytes)' },
    })
    expect(await post(server, access, { warnings_json: ARRAYS(1000) })).toEqual({
      status: 413,
      body: { detail: 'warnings_json: at most 1000 values (frames.metadata_values)' },
    })
    // What is within the limits counts with its weight in memory.
    for (let i = 0; i < 10; i++)
      expect(await post(server, access, { metadata_json: ARRAYS(900) })).toMatchObject({ status: 200 })
    expect(server.hub.frameMemory.weight).toBeGreaterThan(2 * 40_000)
    expect(server.hub.frameMemory.weight).toBeLessThan(100_000)
    expect((await limitsMet(server)).sort()).toEqual(['frames.metadata_bytes', 'frames.metadata_values'])
  })

  it('cannot do so over a socket either, which stays open', async () => {
    const { server, add } = await startHouse({
      config: { 'frames.header_bytes': 20_000, 'frames.metadata_values': 1000 },
    })
    const { access } = await add('mallory', 'user', ['site'])
    const socket = await TestSocket.open(server.socketUrl('/ws/frames'), { headers: authorized(access) })
    const say = (metadata: string) => {
      socket.send(imgMessage({ label: 'site', key: 'cam', metadata_json: JSON.parse(metadata) }, jpeg(8, 8)))
      return socket.nextJson()
    }
    expect(await say(JSON.stringify({ text: 'x'.repeat(20_000) }))).toEqual({
      status: 'error',
      message:
        'Failed to store frame: message: the JSON header may have 20,000 bytes, this one has more (frames.header_bytes)',
    })
    expect(await say(ARRAYS(2000))).toEqual({
      status: 'error',
      message:
        'Failed to store frame: message: the JSON header may hold 2,000 values, not more (frames.metadata_values)',
    })
    expect(await say(JSON.stringify(Array(1000).fill(0)))).toEqual({
      status: 'error',
      message: 'Failed to store frame: metadata_json: at most 1000 values (frames.metadata_values)',
    })
    expect(await say(ARRAYS(10))).toMatchObject({ status: 'ok' })
    expect((await limitsMet(server)).sort()).toEqual(['frames.header_bytes', 'frames.metadata_values'])
  })

  it('cannot open all streams, nor take all memory of frames, and an admin removes what is too much', async () => {
    const { server, admin, add } = await startHouse({
      config: {
        'streams.max': 10,
        'streams.per_publisher': 3,
        'streams.reserved': 5,
        'streams.total_bytes': 1_000_000,
        'streams.bytes_per_publisher': 100_000,
      },
    })
    const mallory = (await add('mallory', 'user', ['site'])).access
    const bob = (await add('bob', 'user', ['site'])).access
    for (const key of ['1', '2', '3']) expect((await post(server, mallory, { key })).status).toBe(200)
    expect(await post(server, mallory, { key: '4' })).toEqual({
      status: 429,
      body: { detail: 'you have opened 3 streams, which is the limit (streams.per_publisher)' },
    })
    for (const key of ['5', '6']) expect((await post(server, bob, { key })).status).toBe(200)
    expect(await post(server, bob, { key: '7' })).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('(streams.reserved)') },
    })
    expect((await post(server, KEY, { key: '8' })).status).toBe(200)
    for (const key of ['1', '8'])
      expect(await ask(server, `DELETE /streams/site/${key}`, { token: admin })).toMatchObject({ status: 204 })
    expect((await post(server, mallory, { key: '4' })).status).toBe(200)
    expect((await post(server, mallory, { key: '2', file: jpeg(8, 8, 90_000) })).status).toBe(200)
    expect(await post(server, mallory, { key: '3', file: jpeg(8, 8, 90_000) })).toMatchObject({
      status: 429,
      body: { detail: expect.stringContaining('(streams.bytes_per_publisher)') },
    })
    expect((await post(server, bob, { key: '5', file: jpeg(8, 8, 90_000) })).status).toBe(200)
    expect((await limitsMet(server)).sort()).toEqual([
      'streams.bytes_per_publisher',
      'streams.per_publisher',
      'streams.reserved',
    ])
  })
})
