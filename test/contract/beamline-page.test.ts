import { describe, expect, it } from 'vitest'
import { readImage } from '../../src/wire/image-header.ts'
import { ask, startHouse } from '../support/accounts.ts'
import { declareNext } from '../support/hub.ts'
import { jpeg } from '../support/pictures.ts'
import { type Fields, TestServer } from '../support/server.ts'
import { Simulator } from '../support/simulator.ts'
import { SocketIoClient, type SocketIoOptions } from '../support/socket-io.ts'
import { until } from '../support/until.ts'

const PICTURE = '/static/images/stream.png?t=1'

const FIELDS = [
  'number_of_received_messages',
  'data',
  'messages_received',
  'total_bytes_received',
  'repetition_rate',
  'beam_energy',
  'image_size_y',
  'image_size_x',
]

/** A page of the old viewer; its client is of the first versions of the protocol. */
function openPage(server: TestServer, options: SocketIoOptions = {}) {
  return new SocketIoClient(server, { version: 2, namespace: '/test', ...options })
}

/** A server that reads a simulated beamline. */
async function startBeamline(config: Record<string, string | number> = {}) {
  const { port } = await Simulator.beamline()
  return TestServer.start({ config: { source_host: '127.0.0.1', source_port: port, ...config } })
}

/** A server whose page shows a stream that the test publishes, which starts with the next picture. */
async function startWith(config: Record<string, string | number> = {}) {
  const settings = { 'instruments.default': 'site/camera', 'streams.next_wait_ms': 300, 'instruments.page_fps': 1000 }
  const server = await TestServer.start({ config: { ...settings, ...config } })
  declareNext(server.hub, 'site', 'camera')
  const publish = (width: number, more: Fields = {}) =>
    server.publish('site', 'camera', { file: jpeg(width, 8), ...more })
  return { server, publish }
}

async function joined(client: SocketIoClient): Promise<void> {
  await client.sees('connect')
}

const png = async (response: Response) => {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { mediaType, width, height } = readImage(bytes, { maxPixels: 1e6 })
  return { mediaType, width, height }
}

describe("the old beamline page's messages", () => {
  it.each([2, 4] as const)('come for each image, and have numbers only: client %i', async (version) => {
    const page = openPage(await startBeamline(), { version })
    const messages = await page.sees('newmessage', 3)
    for (const message of messages) {
      expect(Object.keys(message)).toEqual(FIELDS)
      expect(message).toMatchObject({ repetition_rate: 100, image_size_x: 64, image_size_y: 48 })
      expect(message.beam_energy).toSatisfy((energy) => typeof energy === 'number' && energy >= 5 && energy < 5.5)
      expect([message.data, message.messages_received]).toEqual(Array(2).fill(message.number_of_received_messages))
      expect(message.total_bytes_received).toBeGreaterThan(64 * 48 * 8)
    }
    const counts = messages.map(({ data }) => Number(data))
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b))
  })

  it('come to as many pages as there may be viewers, whatever places doorbell clients have, who still need one', async () => {
    const places = { 'streaming.max_connections': 1, 'viewers.max': 5, 'viewers.reserved_percent': 0 }
    const { server, publish } = await startWith(places)
    // On one connection, as of a page that is both.
    const both = new SocketIoClient(server, { version: 2, forceNew: false })
    await both.sees('connected')
    const pages = [openPage(server, { forceNew: false })]
    await joined(pages[0] as SocketIoClient)
    const doorbell = new SocketIoClient(server)
    await doorbell.sees('connected')
    for (const version of [2, 2, 4] as const) pages.push(openPage(server, { version }))
    await Promise.all(pages.map(joined))
    await publish(40)
    await Promise.all(pages.map((page) => page.sees('newmessage')))
    expect(await both.ask('subscribe', {})).toEqual({ error: 'Max connections reached' })
    doorbell.socket.disconnect()
    await until(async () => !('error' in (await both.ask('subscribe', {}))), 'its place')
    const late = new SocketIoClient(server)
    expect(await late.sees('connect_error')).toMatchObject([{ message: 'Max connections reached' }])
    await joined(openPage(server))
    const tooMany = openPage(server, { version: 4 })
    expect(await tooMany.sees('connect_error')).toMatchObject([
      { message: expect.stringContaining('viewers.max'), data: { code: 'exhausted' } },
    ])
  })

  it('are 0 where the stream has no such channel, and none is of an image from before', async () => {
    const { server, publish } = await startWith()
    const first = openPage(server)
    await joined(first)
    await publish(40)
    await first.sees('newmessage')
    const second = openPage(server)
    await joined(second)
    await publish(24)
    await second.sees('newmessage')
    const nothing = { total_bytes_received: 0, repetition_rate: 0, beam_energy: 0, image_size_y: 0, image_size_x: 0 }
    const message = (count: number) => ({
      number_of_received_messages: count,
      data: count,
      messages_received: count,
      ...nothing,
    })
    expect(second.all('newmessage')).toEqual([message(2)])
    await first.sees('newmessage', 2)
    expect(first.all('newmessage')).toEqual([message(1), message(2)])
  })

  it('come to who may view the picture only', async () => {
    const { server, add } = await startHouse({
      config: { 'access.anonymous': 'none', 'instruments.default': 'site/camera' },
    })
    const stranger = openPage(server)
    expect((await stranger.sees('error'))[0]).toMatchObject({ code: 'unauthenticated' })
    const { access } = await add('nora', 'guest', ['elsewhere'])
    const other = openPage(server, { version: 4, auth: { token: access } })
    await other.sees('connect_error')
    const { access: allowed } = await add('ann', 'guest', ['site'])
    await joined(openPage(server, { version: 4, auth: { token: allowed } }))
    expect((await ask(server, `GET ${PICTURE}`)).status).toBe(401)
    expect((await ask(server, `GET ${PICTURE}`, { token: access })).status).toBe(403)
    expect((await ask(server, `GET ${PICTURE}`, { token: allowed })).status).toBe(404)
  })

  it('bring no pictures of whole labels with them, as the first generation of another program gets them', async () => {
    const { server, publish } = await startWith({ 'streaming.update_after_s': 0.1, 'labels.update_interval_s': 0.1 })
    await server.publish('other', 'camera')
    const page = openPage(server)
    const plain = openPage(server, { namespace: '/' })
    await plain.sees('update')
    await publish(40)
    await page.sees('newmessage')
    expect(page.all('update')).toEqual([])
  })
})

describe('/static/images/stream.png', () => {
  it('is the next image of the instrument, as a PNG that is not kept, in one copy for all', async () => {
    const server = await startBeamline()
    const answers = await Promise.all(Array.from({ length: 5 }, () => server.get(PICTURE)))
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
      expect(await png(answer)).toEqual({ mediaType: 'image/png', width: 64, height: 48 })
    }
    const images = new Set(answers.map(({ headers }) => headers.get('x-pulse-id')))
    const metrics = await (await server.get('/metrics')).text()
    expect(metrics).toContain(`belvedere_rendition_made_total ${images.size}\n`)
  })

  it('is 404 with a sentence where none comes, and where there is no instrument', async () => {
    const { server, publish } = await startWith()
    await publish(40)
    const answer = await ask(server, `GET ${PICTURE}`)
    expect(answer).toMatchObject({ status: 404, body: { detail: expect.stringMatching(/site\/camera.*0\.3 s/) } })
    const none = await ask(await TestServer.start(), `GET ${PICTURE}`)
    expect(none).toMatchObject({ status: 404, body: { detail: expect.stringContaining('docs/instruments.md') } })
  })

  it('is the very image that the page was told of, at once; for others the next one', async () => {
    const { server, publish } = await startWith({ 'streams.next_wait_ms': 10_000 })
    const page = openPage(server)
    await joined(page)
    await publish(40)
    await page.sees('newmessage')
    expect(await png(await server.get(PICTURE))).toEqual({ mediaType: 'image/png', width: 40, height: 8 })
    page.socket.disconnect()
  })
})
