import { describe, expect, it } from 'vitest'
import { jpeg, png } from '../support/pictures.ts'
import { TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const PATH = '/streams/site/camera/snapshot'

async function start(config = {}) {
  const server = await TestServer.start({ config })
  const etagOf = async () => (await server.get(PATH)).headers.get('etag') ?? ''
  /** Resolves once so many wait for the next picture. */
  const waiting = (count: number) => until(() => server.hub.viewers === count, `${count} waiting`)
  return { server, etagOf, waiting }
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

describe('GET /streams/{label}/{key}/snapshot', () => {
  it('is the newest picture, as it was sent, with its id as ETag', async () => {
    const { server } = await start()
    await server.publish('site', 'camera')
    const file = await server.publish('site', 'camera', { file: png(64, 48) })
    const response = await server.get(PATH)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/png')
    expect(response.headers.get('content-length')).toBe(String(file.length))
    expect(response.headers.get('etag')).toMatch(/^"\d+-\d+"$/)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(await bytesOf(response)).toEqual(file)
  })

  it('is not sent again to who has it: 304, with the ETag and no body', async () => {
    const { server, etagOf } = await start()
    await server.publish('site', 'camera')
    const etag = await etagOf()
    const response = await server.get(PATH, { 'if-none-match': etag })
    expect(response.status).toBe(304)
    expect(response.headers.get('etag')).toBe(etag)
    expect(await response.text()).toBe('')
    await server.publish('site', 'camera')
    const next = await server.get(PATH, { 'if-none-match': etag })
    expect(next.status).toBe(200)
    expect(next.headers.get('etag')).not.toBe(etag)
  })

  it('understands an ETag that a proxy made weak, and takes any other for old', async () => {
    const { server, etagOf } = await start()
    await server.publish('site', 'camera')
    expect((await server.get(PATH, { 'if-none-match': `W/${await etagOf()}` })).status).toBe(304)
    for (const given of ['"other"', '""', 'no quotes', '"'])
      expect((await server.get(PATH, { 'if-none-match': given })).status, given).toBe(200)
  })

  it('answers HEAD as GET, without the picture', async () => {
    const { server, etagOf } = await start()
    const file = await server.publish('site', 'camera')
    const etag = await etagOf()
    const response = await fetch(server.url + PATH, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('etag')).toBe(etag)
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    expect(response.headers.get('content-length')).toBe(String(file.length))
    expect(await response.text()).toBe('')
  })

  it('of an id is that very picture, as long as it is kept', async () => {
    const { server, etagOf } = await start({ 'streams.ring_frames': 3 })
    const first = await server.publish('site', 'camera')
    const id = (await etagOf()).slice(1, -1)
    await server.publish('site', 'camera', { file: jpeg(24, 8) })
    expect(await bytesOf(await server.get(`${PATH}?id=${id}`))).toEqual(first)
    await server.publish('site', 'camera')
    await server.publish('site', 'camera')
    const gone = await server.get(`${PATH}?id=${id}`)
    expect(gone.status).toBe(404)
    expect(await gone.json()).toEqual({ detail: expect.stringContaining(id) })
  })

  it('with wait= is the next picture', async () => {
    const { server, waiting } = await start()
    await server.publish('site', 'camera')
    const next = server.get(`${PATH}?wait=20`)
    await waiting(1)
    const file = await server.publish('site', 'camera', { file: jpeg(24, 8) })
    expect(await bytesOf(await next)).toEqual(file)
    await waiting(0)
  })

  it('with wait= and If-None-Match is there at once if it is newer', async () => {
    const { server, etagOf, waiting } = await start()
    await server.publish('site', 'camera')
    const etag = await etagOf()
    const file = await server.publish('site', 'camera', { file: jpeg(24, 8) })
    expect(await bytesOf(await server.get(`${PATH}?wait=20`, { 'if-none-match': etag }))).toEqual(file)
    const next = server.get(`${PATH}?wait=20`, { 'if-none-match': await etagOf() })
    await waiting(1)
    const newer = await server.publish('site', 'camera', { file: jpeg(32, 8) })
    expect(await bytesOf(await next)).toEqual(newer)
  })

  it('with wait= also waits for a stream that does not exist yet', async () => {
    const { server, waiting } = await start()
    const next = server.get(`${PATH}?wait=20`)
    await waiting(1)
    const file = await server.publish('site', 'camera')
    expect(await bytesOf(await next)).toEqual(file)
  })

  it('with wait= answers 304 to who has the newest and 504 to others when none comes', async () => {
    const { server, etagOf } = await start()
    await server.publish('site', 'camera')
    const etag = await etagOf()
    expect((await server.get(`${PATH}?wait=0.05`, { 'if-none-match': etag })).status).toBe(304)
    const late = await server.get(`${PATH}?wait=0.05`)
    expect(late.status).toBe(504)
    expect(await late.json()).toEqual({ detail: expect.stringContaining('site/camera') })
  })

  it('with wait= leaves nobody waiting when the client has gone', async () => {
    const { server, waiting } = await start()
    await server.publish('site', 'camera')
    const gone = new AbortController()
    const next = fetch(`${server.url}${PATH}?wait=20`, { signal: gone.signal })
    await waiting(1)
    gone.abort()
    await expect(next).rejects.toThrow()
    await waiting(0)
  })

  it('with wait= answers 503 when the server goes down', async () => {
    const { server, waiting } = await start()
    await server.publish('site', 'camera')
    const next = server.get(`${PATH}?wait=20`)
    await waiting(1)
    await server.close()
    expect((await next).status).toBe(503)
  })

  it.each(['wait=-1', 'wait=0', 'wait=soon', 'wait=31', 'wait='])('answers 422 to %s', async (query) => {
    const { server } = await start()
    await server.publish('site', 'camera')
    const response = await server.get(`${PATH}?${query}`)
    expect(response.status).toBe(422)
    expect(await response.json()).toEqual({ detail: expect.stringContaining('wait') })
  })

  it('answers 404 with a detail for a stream that does not exist, 422 for a name that cannot', async () => {
    const { server } = await start()
    const missing = await server.get('/streams/site/nothing/snapshot')
    expect(missing.status).toBe(404)
    expect(await missing.json()).toEqual({ detail: expect.stringContaining('site/nothing') })
    expect((await server.get(`/streams/site/${'x'.repeat(201)}/snapshot`)).status).toBe(422)
    expect((await server.get('/streams/site/%00/snapshot')).status).toBe(422)
  })

  it('takes / and Unicode in both names', async () => {
    const { server } = await start()
    const file = await server.publish('a/b', '相机/1')
    const response = await server.get(`/streams/${encodeURIComponent('a/b')}/${encodeURIComponent('相机/1')}/snapshot`)
    expect(await bytesOf(response)).toEqual(file)
  })
})
