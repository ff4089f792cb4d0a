import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCanvas } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { painted, plain } from '../support/colours.ts'
import { png, undecodable } from '../support/pictures.ts'
import { Pixels } from '../support/pixels.ts'
import { freshLabel, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const HD = { width: 1280, height: 720 }
const RED = [200, 30, 30] as const
const BLUE = [30, 30, 200] as const
const ofFile = TestServer.ofFile()

function fixture(name: string): Uint8Array {
  return readFileSync(join(import.meta.dirname, '../fixtures/field', name))
}

/** A photograph with a red left and a blue right half. */
function halves({ width, height } = HD): Uint8Array {
  const half = { y: 0, width: width / 2, height }
  return painted(
    { width, height },
    [
      { colour: RED, x: 0, ...half },
      { colour: BLUE, x: width / 2, ...half },
    ],
    'jpeg',
  )
}

/** A viewer of one stream, at a width that it can change. */
async function watch(server: TestServer, label: string, width?: number) {
  const socket = await TestSocket.open(server.socketUrl('/ws/live'))
  const ask = (width: number | undefined) =>
    socket.ask({ type: 'watch', id: 1, label, key: 'cam', ...(width !== undefined && { width }) })
  ask(width)
  await socket.nextOfType('watching')
  return {
    socket,
    ask,
    /** The next picture, decoded; it is given its credit. */
    async next() {
      const { header, image } = await socket.nextPicture()
      socket.ask({ type: 'credit', n: Number(header.n) })
      return { header, image, pixels: await Pixels.of(image) }
    },
  }
}

/** The value of a metric, of all its labels together. */
async function metric(server: TestServer, name: string): Promise<number> {
  const lines = (await (await server.get('/metrics')).text()).split('\n')
  const values = lines.filter((line) => line.startsWith(name)).map((line) => Number(line.split(' ').at(-1)))
  return values.reduce((sum, value) => sum + value, 0)
}

function near(pixel: readonly number[], wanted: readonly number[]): boolean {
  return pixel.every((value, i) => Math.abs(value - (wanted[i] ?? 0)) < 20)
}

describe('a watch with a width', () => {
  it('gets a picture of the next larger width, whose header gives the size of the original', async () => {
    const server = await ofFile()
    const label = freshLabel()
    const viewer = await watch(server, label, 300)
    await server.publish(label, 'cam', { file: halves(), metadata_json: '{"x":1}' })
    const { header, pixels } = await viewer.next()
    expect(header).toMatchObject({ ...HD, media_type: 'image/jpeg', sequence: 1, metadata: { x: 1 } })
    expect(pixels).toMatchObject({ width: 320, height: 180 })
    expect([pixels.at(80, 90), pixels.at(240, 90)].map((pixel, i) => near(pixel, i === 0 ? RED : BLUE))).toEqual([
      true,
      true,
    ])
  })

  it('shares it with others, beside those who see the original, and all count as viewers', async () => {
    const server = await TestServer.start()
    const file = halves()
    const small = [await watch(server, 'a', 300), await watch(server, 'a', 320)]
    const whole = await watch(server, 'a')
    await server.publish('a', 'cam', { file })
    const images = await Promise.all(small.map(async (viewer) => (await viewer.next()).image))
    expect(images[0]).toEqual(images[1])
    expect((await whole.next()).image).toEqual(Buffer.from(file))
    expect(await metric(server, 'belvedere_rendition_made_total')).toBe(1)
    expect(await metric(server, 'belvedere_renditions ')).toBe(1)
    expect((await server.streams())[0]).toMatchObject({ viewers: 3 })
    for (const { socket } of [...small, whole]) await socket.close()
    await until(async () => (await metric(server, 'belvedere_renditions ')) === 0, 'nobody watches')
  })

  it('gets what is small enough as it was sent', async () => {
    const server = await ofFile()
    const label = freshLabel()
    const viewer = await watch(server, label, 320)
    for (const file of [halves({ width: 320, height: 200 }), png(64, 48)]) {
      await server.publish(label, 'cam', { file })
      expect((await viewer.next()).image).toEqual(Buffer.from(file))
    }
  })

  it('sees the last picture of a stream that stands still, and a better one when it grows', async () => {
    const server = await ofFile()
    const label = freshLabel()
    await server.publish(label, 'cam', { file: halves() })
    const viewer = await watch(server, label, 160)
    expect((await viewer.next()).pixels.width).toBe(160)
    viewer.ask(640)
    expect(await viewer.next()).toMatchObject({ header: { sequence: 1 }, pixels: { width: 640 } })
    viewer.ask(undefined)
    expect(await viewer.next()).toMatchObject({ header: { sequence: 1 }, pixels: { width: 1280 } })
    viewer.ask(160)
    await server.publish(label, 'cam', { file: halves() })
    expect(await viewer.next()).toMatchObject({ header: { sequence: 2 }, pixels: { width: 160 } })
  })

  it('sees transparent pictures on the colour of the stage', async () => {
    const server = await ofFile()
    const label = freshLabel()
    const canvas = createCanvas(800, 400)
    const context = canvas.getContext('2d')
    context.fillStyle = 'rgb(200 30 30)'
    context.fillRect(0, 0, 400, 400)
    const viewer = await watch(server, label, 320)
    await server.publish(label, 'cam', { file: canvas.toBuffer('image/png') })
    const { header, pixels } = await viewer.next()
    expect(header.media_type).toBe('image/jpeg')
    expect(near(pixels.at(80, 80), RED)).toBe(true)
    expect(near(pixels.at(240, 80), [5, 8, 10])).toBe(true)
  })

  it.each([
    ['exif_orientation6.jpg', { width: 240, height: 320 }, { width: 160, height: 213 }],
    ['exif_orientation3.jpg', { width: 320, height: 240 }, { width: 160, height: 120 }],
  ])('sees %s turned, with coordinates of the picture as it is seen', async (name, size, shown) => {
    const server = await ofFile()
    const label = freshLabel()
    const viewer = await watch(server, label, 160)
    const whole = await watch(server, label)
    await server.publish(label, 'cam', { file: fixture(name) })
    const made = await viewer.next()
    const original = await whole.next()
    expect(made).toMatchObject({ header: size, pixels: shown })
    expect(original.header).toMatchObject(size)
    expect(original.image).toEqual(Buffer.from(fixture(name)))
    const isYellow = ([red, green, blue]: readonly [number, number, number]) => red > 180 && green > 180 && blue < 90
    const yellow = [made.pixels, original.pixels].map((pixels) => {
      const extent = pixels.extent(isYellow)
      return extent && [extent.left, extent.top, extent.right, extent.bottom].map((side) => side / pixels.width)
    })
    expect(yellow[0]).toBeDefined()
    for (const [i, side] of (yellow[0] ?? []).entries())
      expect(Math.abs(side - (yellow[1]?.[i] ?? 9))).toBeLessThan(0.02)
  })

  it('goes on where pictures are damaged, too large, or change their size and format', async () => {
    const server = await TestServer.start({ config: { 'renditions.max_megapixels': 2 } })
    const viewer = await watch(server, 'a', 160)
    const files = [
      halves(),
      undecodable(500, 400),
      plain(RED, 'png', { width: 300, height: 900 }),
      plain(RED, 'jpeg', { width: 2000, height: 1500 }),
      plain(BLUE, 'webp', { width: 500, height: 400 }),
    ]
    const seen: unknown[] = []
    for (const [i, file] of files.entries()) {
      await server.publish('a', 'cam', { file })
      const handled = async () =>
        (await metric(server, 'belvedere_rendition_made_total')) +
        (await metric(server, 'belvedere_rendition_failed_total'))
      await until(async () => (await handled()) === i + 1, `picture ${i + 1} was made or skipped`)
      if (i === 1 || i === 3) continue
      const { header, pixels } = await viewer.next()
      seen.push([header.sequence, pixels.width, pixels.height])
    }
    expect(seen).toEqual([
      [1, 160, 90],
      [3, 160, 480],
      [5, 160, 128],
    ])
    const metrics = await (await server.get('/metrics')).text()
    expect(metrics).toContain('belvedere_rendition_failed_total{reason="undecodable"} 1')
    expect(metrics).toContain('belvedere_rendition_failed_total{reason="too_large"} 1')
  })

  it('gets the original above the limit, and the smaller picture once there is room', async () => {
    const server = await TestServer.start({ config: { 'renditions.max': 1 } })
    const first = await watch(server, 'a', 160)
    const second = await watch(server, 'b', 160)
    for (const label of ['a', 'b']) await server.publish(label, 'cam', { file: halves() })
    expect((await first.next()).pixels.width).toBe(160)
    expect((await second.next()).pixels.width).toBe(1280)
    expect(await metric(server, 'belvedere_limited_total{limit="renditions.max"}')).toBeGreaterThan(0)
    await first.socket.close()
    await until(async () => {
      await server.publish('b', 'cam', { file: halves() })
      return (await second.next()).pixels.width === 160
    }, 'there is room')
  })
})

describe('GET /streams/{label}/{key}/snapshot', () => {
  it.each([
    ['quality=low', 320],
    ['quality=high', 1280],
    ['quality=nonsense', 640],
    ['width=200', 240],
    ['width=5000', 2560],
  ])('with ?%s has that size, and an ETag of its own', async (query, width) => {
    const server = await ofFile()
    const label = freshLabel()
    await server.publish(label, 'cam', { file: halves({ width: 2560, height: 1440 }) })
    const path = `/streams/${label}/cam/snapshot`
    const original = (await server.get(path)).headers.get('etag') ?? ''
    const response = await server.get(`${path}?${query}`, { 'if-none-match': original })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    expect((await Pixels.of(Buffer.from(await response.arrayBuffer()))).width).toBe(width)
    const etag = response.headers.get('etag') ?? ''
    expect(etag).not.toBe(original)
    expect((await server.get(`${path}?${query}`, { 'if-none-match': etag })).status).toBe(304)
    expect((await server.get(path, { 'if-none-match': etag })).status).toBe(200)
    const id = original.slice(1, -1)
    expect((await server.get(`${path}?${query}&id=${id}`)).headers.get('etag')).toBe(etag)
  })

  it('waits for the next picture at that size', async () => {
    const server = await ofFile()
    const label = freshLabel()
    await server.publish(label, 'cam', { file: halves() })
    const path = `/streams/${label}/cam/snapshot?width=160`
    const etag = (await server.get(path)).headers.get('etag') ?? ''
    const next = server.get(`${path}&wait=30`, { 'if-none-match': etag })
    await until(() => server.hub.viewers > 0, 'it waits')
    await server.publish(label, 'cam', { file: halves() })
    const response = await next
    expect(response.headers.get('etag')).not.toBe(etag)
    expect((await Pixels.of(Buffer.from(await response.arrayBuffer()))).width).toBe(160)
  })

  it('refuses a width that is none, and says what cannot be decoded', async () => {
    const server = await ofFile()
    const label = freshLabel()
    await server.publish(label, 'cam', { file: undecodable(500, 400) })
    const path = `/streams/${label}/cam/snapshot`
    for (const width of ['0', '16385', '1.5', 'wide'])
      expect((await server.get(`${path}?width=${width}`)).status).toBe(422)
    const response = await server.get(`${path}?width=160`)
    expect(response.status).toBe(422)
    expect(await response.json()).toEqual({ detail: expect.stringMatching(/^This picture cannot be decoded: ./) })
    expect((await server.get(path)).status).toBe(200)
  })
})

describe('GET /api/capture-photo', () => {
  it('is a JPEG whatever the camera sends: as it was sent if it is one', async () => {
    const server = await TestServer.start()
    const photo = async () => {
      const body: unknown = await (await server.get('/api/capture-photo')).json()
      const data = JSON.stringify(body)
      const [, base64 = ''] = /"data:image\/jpeg;base64,([^"]+)"/.exec(data) ?? []
      return Buffer.from(base64, 'base64')
    }
    const file = halves()
    await server.publish('door', 'cam', { file })
    expect(await photo()).toEqual(Buffer.from(file))
    await server.publish('door', 'cam', { file: png(64, 48) })
    expect(await Pixels.of(await photo())).toMatchObject({ width: 64, height: 48 })
  })
})
