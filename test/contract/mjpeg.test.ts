import { describe, expect, it } from 'vitest'
import { ask, must, startHouse, textOf } from '../support/accounts.ts'
import { MjpegReader } from '../support/mjpeg.ts'
import { jpeg, png } from '../support/pictures.ts'
import { Pixels } from '../support/pixels.ts'
import { TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

const PATH = '/streams/site/camera/mjpeg'
const DOORBELL = '/stream/video/somebody'

describe.each([PATH, DOORBELL])('GET %s', (path) => {
  it('is every new picture as it is published, in parts with their lengths and times', async () => {
    const server = await TestServer.start()
    const first = await server.publish('site', 'camera')
    const reader = await MjpegReader.open(server, path)
    expect(reader.status).toBe(200)
    expect(reader.headers).toMatchObject({
      'content-type': 'multipart/x-mixed-replace; boundary=frame',
      'cache-control': expect.stringMatching(/^no-cache.*no-transform/),
      'x-accel-buffering': 'no',
    })
    await reader.sees(first)
    const second = await server.publish('site', 'camera', { file: jpeg(24, 8), captured_at: '1700000000123' })
    await reader.sees(second)
    const part = reader.parts.find((each) => Buffer.compare(each.jpeg, second) === 0)
    expect(part?.headers.get('content-type')).toBe('image/jpeg')
    expect(part?.headers.get('x-timestamp')).toBe('1700000000.123000')
  })

  it('has a picture that nothing follows twice, as a browser shows it only then', async () => {
    const server = await TestServer.start()
    const picture = await server.publish('site', 'camera')
    const reader = await MjpegReader.open(server, path)
    await reader.sees(picture, 2)
    const next = await server.publish('site', 'camera', { file: jpeg(24, 8) })
    await reader.sees(next, 2)
    expect(reader.parts).toHaveLength(4)
  })

  it('goes on with a slate of the same size where the stream stops, again and again, until pictures return', async () => {
    const config = { 'streams.stale_after_ms': 300, 'streaming.slate_interval': 0.3 }
    const server = await TestServer.start({ config })
    const picture = await server.publish('site', 'camera', { file: jpeg(320, 240) })
    const reader = await MjpegReader.open(server, `${path}?lang=zh`)
    // The picture twice, then slates.
    const slate = await reader.newest(5)
    const pixels = await Pixels.of(slate.jpeg)
    expect([pixels.width, pixels.height]).toEqual([320, 240])
    const seen = await Pixels.of(picture)
    expect(pixels.at(2, 2)[0]).toBeLessThan(seen.at(2, 2)[0] * 0.7)
    // The text is white.
    expect(pixels.extent(([red]) => red > 220)).toBeDefined()
    const isSeen = (bytes: Uint8Array) => reader.parts.some((part) => Buffer.compare(part.jpeg, bytes) === 0)
    // Again and again: on a busy machine one that came only once is old, and in a slate, before it is sent.
    await until(async () => isSeen(await server.publish('site', 'camera', { file: jpeg(320, 240, 2000) })), 'pictures')
  })

  it('answers HEAD with 200 and the headers alone', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera')
    const response = await fetch(server.url + path, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('multipart/x-mixed-replace; boundary=frame')
    expect(response.headers.get('content-length')).toBeNull()
    expect(await response.text()).toBe('')
  })

  it('takes any word for a quality, and at most so many frames a second', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera')
    for (const query of ['quality=low', 'quality=ultra', 'quality=', 'width=320', 'fps=0.5'])
      expect((await MjpegReader.open(server, `${path}?${query}`)).status, query).toBe(200)
    for (const query of ['width=0', 'width=wide', 'fps=0', 'fps=fast'])
      expect((await MjpegReader.open(server, `${path}?${query}`)).status, query).toBe(422)
  })

  it('is refused with 503 and a sentence where too many are open, until one is closed', async () => {
    const server = await TestServer.start({ config: { 'streaming.max_videos': 2 } })
    await server.publish('site', 'camera')
    const first = await MjpegReader.open(server, PATH)
    await MjpegReader.open(server, DOORBELL)
    const third = await MjpegReader.open(server, path)
    expect(third.status).toBe(503)
    expect(third.headers['retry-after']).toBe('30')
    expect(JSON.parse(await third.text()).detail).toMatch(/Too many videos are open.*streaming\.max_videos/)
    first.leave()
    await until(async () => (await MjpegReader.open(server, path)).status === 200, 'room for another')
  })

  it('ends when the server goes down', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera')
    const reader = await MjpegReader.open(server, path)
    await reader.newest(1)
    await server.close()
    await until(() => reader.isOver, 'the end')
  })
})

describe('without a camera', () => {
  it('/stream/video is refused with 503 and JSON', async () => {
    const server = await TestServer.start()
    for (const query of ['', '?label=site&key=camera']) {
      const { status, body } = await ask(server, `GET ${DOORBELL}${query}`)
      expect(status).toBe(503)
      expect(body).toMatchObject({ status: 'error', message: expect.stringContaining('no such camera') })
    }
    expect((await ask(server, `GET ${DOORBELL}?label=site`)).status).toBe(422)
  })

  it('/streams/…/mjpeg is refused with 404', async () => {
    const server = await TestServer.start()
    expect((await ask(server, `GET ${PATH}`)).status).toBe(404)
  })
})

it('`streaming.enabled: false` turns off /stream/video only', async () => {
  const server = await TestServer.start({ config: { 'streaming.enabled': 'false' } })
  await server.publish('site', 'camera')
  expect((await ask(server, `GET ${DOORBELL}`)).status).toBe(404)
  expect((await MjpegReader.open(server, PATH)).status).toBe(200)
})

describe('access', () => {
  async function start() {
    const house = await startHouse({ config: { 'access.anonymous': 'none' } })
    const { server, admin } = house
    await server.publish('North', 'gate')
    await server.publish('South', 'gate')
    const key = async (labels: string[]) => {
      const body = { name: 'recorder', scope: 'view', labels }
      const made = await must(server, 'POST /keys', { token: admin, body })
      return { key: textOf(made, 'key'), id: textOf(made, 'id') }
    }
    return { ...house, key }
  }
  const NORTH = '/streams/North/gate/mjpeg'
  const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`any:${password}`).toString('base64')}` })

  it('takes a token in the address, or as the password of Basic authentication', async () => {
    const { server, key } = await start()
    const north = await key(['North'])
    expect((await MjpegReader.open(server, `${NORTH}?token=${north.key}`)).status).toBe(200)
    expect((await MjpegReader.open(server, NORTH, basic(north.key))).status).toBe(200)
    expect((await server.get('/streams/North/gate/snapshot', basic(north.key))).status).toBe(200)
    expect((await MjpegReader.open(server, NORTH, basic('wrong'))).status).toBe(401)
    expect((await MjpegReader.open(server, NORTH, basic('bvk_wrong'))).status).toBe(401)
    // Beside the password of a proxy in front.
    expect((await MjpegReader.open(server, `${NORTH}?token=${north.key}`, basic('wrong'))).status).toBe(200)
    // Nowhere else.
    expect((await ask(server, 'GET /streams', { headers: basic(north.key) })).status).toBe(401)
  })

  it('is not for pages of other sites by a password that the browser remembers, no more than by a cookie', async () => {
    const { server, key } = await start()
    const headers = basic((await key(['North'])).key)
    const asPage = (site: string) => ({ ...headers, 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' })
    for (const path of [NORTH, '/streams/North/gate/snapshot']) {
      expect((await MjpegReader.open(server, path, asPage('cross-site'))).status).toBe(403)
      expect((await MjpegReader.open(server, path, asPage('same-origin'))).status).toBe(200)
    }
  })

  it('asks programs for Basic authentication, but not pages, where a browser would ask its user', async () => {
    const { server } = await start()
    const challenge = async (headers: Record<string, string>) =>
      (await ask(server, `GET ${NORTH}`, { headers })).headers['www-authenticate']
    expect(await challenge({})).toMatch(/^Basic realm=/)
    expect(await challenge({ 'user-agent': 'VLC/3.0' })).toMatch(/^Basic realm=/)
    expect(await challenge({ 'sec-fetch-dest': 'document', 'user-agent': 'Mozilla/5.0' })).toMatch(/^Basic realm=/)
    expect(await challenge({ 'sec-fetch-dest': 'image', 'user-agent': 'Mozilla/5.0' })).toBe('Bearer')
    expect(await challenge({ 'user-agent': 'Mozilla/5.0', accept: 'image/*,*/*;q=0.8' })).toBe('Bearer')
    // It would take that for an answer to the password of the proxy.
    expect(await challenge(basic('of a proxy'))).toBe('Bearer')
    expect(await challenge(basic('bvk_wrong'))).toMatch(/^Basic realm=/)
    expect((await ask(server, 'GET /streams')).headers['www-authenticate']).toBe('Bearer')
  })

  it('is by label, and by the streams of a share link', async () => {
    const { server, admin, key } = await start()
    const south = await key(['South'])
    expect((await MjpegReader.open(server, `${NORTH}?token=${south.key}`)).status).toBe(403)
    const doorbell = await MjpegReader.open(server, `${DOORBELL}?label=North&key=gate&token=${south.key}`)
    expect([doorbell.status, await doorbell.text()]).toEqual([401, '{"error":"Unauthorized"}'])
    const body = { name: 'visit', streams: [{ label: 'North', key: 'gate' }], expires_at: Date.now() + 3_600_000 }
    const link = textOf(await must(server, 'POST /links', { token: admin, body }), 'token')
    expect((await MjpegReader.open(server, `${NORTH}?token=${link}`)).status).toBe(200)
    expect((await MjpegReader.open(server, `/streams/South/gate/mjpeg?token=${link}`)).status).toBe(403)
  })

  it('ends with the right', async () => {
    const { server, admin, key } = await start()
    const north = await key(['North'])
    const reader = await MjpegReader.open(server, NORTH, basic(north.key))
    await reader.newest(1)
    expect(reader.isOver).toBe(false)
    await must(server, `DELETE /keys/${north.id}`, { token: admin })
    await until(() => reader.isOver, 'the end')
  })
})

describe('qualities', () => {
  it('are made for the video, from any format, once for all who watch', async () => {
    const server = await TestServer.start()
    await server.publish('site', 'camera', { file: png(1280, 720) })
    const sizeOf = async (query: string) => {
      const reader = await MjpegReader.open(server, `${PATH}?${query}`)
      const { width, height } = await Pixels.of((await reader.newest(1)).jpeg)
      return `${width}x${height}`
    }
    expect(await sizeOf('quality=low')).toBe('320x180')
    expect(await sizeOf('quality=medium')).toBe('640x360')
    expect(await sizeOf('quality=whatever')).toBe('640x360')
    expect(await sizeOf('width=600')).toBe('640x360')
    expect(await sizeOf('')).toBe('1280x720')
  })

  it('are refused with 503 where there is no room for another', async () => {
    const server = await TestServer.start({ config: { 'renditions.max': 0 } })
    await server.publish('site', 'camera', { file: png(1280, 720) })
    for (const path of [PATH, DOORBELL]) {
      const reader = await MjpegReader.open(server, `${path}?quality=low`)
      expect(reader.status).toBe(503)
      expect(JSON.parse(await reader.text()).detail).toContain('renditions.max')
    }
  })
})
