import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../support/manual-clock.ts'
import { jpeg, png } from '../support/pictures.ts'
import { authorized, KEY, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { TestStore } from '../support/stores.ts'
import { until } from '../support/until.ts'

const STORED = { status: 'ok', message: 'Frame stored successfully.' }
const NAMES = { label: 'site', key: 'camera' }
/** What the real sender puts in every header. */
const USUAL = {
  ...NAMES,
  warnings_json: '',
  cone_polygons_json: '',
  pole_polygons_json: '',
  detection_items_json: '',
  width: 0,
  height: 0,
}

/** A publisher whose server has a viewer-side to look at. */
async function start(options: Parameters<typeof TestServer.start>[0] = {}) {
  const server = await TestServer.start(options)
  const publisher = await TestSocket.publisher(server.socketUrl('/ws/frames'))
  const answerTo = async (message: Uint8Array | string) => {
    publisher.send(message)
    return publisher.nextJson()
  }
  return { server, publisher, answerTo }
}

/** A publisher that answers pings only when the test does. */
async function startSilent() {
  const clock = new ManualClock()
  const server = await TestServer.start({ clock })
  const options = { headers: authorized(), autoPong: false }
  const publisher = await TestSocket.open(server.socketUrl('/ws/frames'), options)
  const pings: Buffer[] = []
  publisher.ws.on('ping', (payload) => pings.push(payload))
  const answerTo = async (message: Uint8Array) => {
    publisher.send(message)
    return publisher.nextJson()
  }
  return { clock, publisher, answerTo, pings }
}

function refusal(sentence: string | RegExp) {
  const body = typeof sentence === 'string' ? sentence : sentence.source
  return { status: 'error', message: expect.stringMatching(new RegExp(`^Failed to store frame: .*${body}`, 's')) }
}

describe('WS /ws/frames', () => {
  it('stores a picture and answers to the letter', async () => {
    const { server, answerTo } = await start()
    const file = jpeg(16, 8, 50_000)
    expect(await answerTo(imgMessage(USUAL, file))).toEqual(STORED)
    const snapshot = await server.get('/streams/site/camera/snapshot')
    expect(Buffer.from(await snapshot.arrayBuffer())).toEqual(file)
  })

  it('lets in by ?token= as by the header', async () => {
    const server = await TestServer.start()
    const publisher = await TestSocket.open(`${server.socketUrl('/ws/frames')}?token=${KEY}`)
    publisher.send(imgMessage(NAMES, jpeg(16, 8)))
    expect(await publisher.nextJson()).toEqual(STORED)
  })

  it('answers each message in turn, however fast they come', async () => {
    const { publisher } = await start()
    const bad = Buffer.from('bad')
    for (let i = 0; i < 100; i++) publisher.send(i % 10 === 3 ? bad : imgMessage(NAMES, jpeg(16, 8, 20_000)))
    for (let i = 0; i < 100; i++)
      expect(await publisher.nextJson()).toMatchObject({ status: i % 10 === 3 ? 'error' : 'ok' })
    expect(publisher.unread).toBe(0)
  })

  it('passes on what the detector sent, to the letter', async () => {
    const { server, answerTo } = await start()
    const header = {
      ...NAMES,
      warnings_json: '{"warning_no_hardhat":  {"count": 2}}',
      cone_polygons_json: '[[[1,2],[3,4],[5,6]]]',
      pole_polygons_json: '[]',
      detection_items_json: '[[1,2,3,4,0.9,5]]',
      width: 1280,
      height: 720,
      captured_at: Date.now(),
      metadata_json: '{"wind": 3.5}',
    }
    await answerTo(imgMessage(header, png(8, 8)))
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    expect((await viewer.nextFrame()).header).toEqual({
      key: 'camera',
      warnings: header.warnings_json,
      cone_polygons: header.cone_polygons_json,
      pole_polygons: '[]',
      detection_items: header.detection_items_json,
      width: '1280',
      height: '720',
      id: expect.stringMatching(/^\d+-\d+$/),
      received_at: expect.any(Number),
      captured_at: header.captured_at,
      metadata: { wind: 3.5 },
    })
  })

  it('reads --IMG-- inside the JSON right: in strings, names, and next to the real one', async () => {
    const { server, answerTo } = await start()
    const file = Buffer.concat([jpeg(16, 8), Buffer.from('--IMG--{"a":1}--IMG--')])
    const header = {
      label: 'a --IMG-- b',
      key: '--IMG--',
      warnings_json: '{"--IMG--IMG--":"\\"}--IMG--"}',
      metadata_json: '{"--IMG--":{"}":"--IMG--"}}',
    }
    expect(await answerTo(imgMessage(header, file))).toEqual(STORED)
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', header.label))
    const frame = await viewer.nextFrame()
    expect(frame.image).toEqual(file)
    expect(frame.header).toMatchObject({
      key: '--IMG--',
      warnings: header.warnings_json,
      metadata: { '--IMG--': { '}': '--IMG--' } },
    })
  })

  it('answers a bad message with an error and stays open', async () => {
    const { answerTo } = await start()
    const file = jpeg(16, 8)
    expect(await answerTo('a text')).toEqual(refusal('binary'))
    expect(await answerTo('')).toEqual(refusal('binary'))
    expect(await answerTo(Buffer.alloc(0))).toEqual(refusal('empty'))
    expect(await answerTo(Buffer.from('no json at all'))).toEqual(refusal('JSON'))
    expect(await answerTo(Buffer.from('{"label":"site"'))).toEqual(refusal('JSON'))
    expect(await answerTo(Buffer.from('{"label":"site"}'))).toEqual(refusal('--IMG--'))
    expect(await answerTo(Buffer.from('{label:1}--IMG--'))).toEqual(refusal('JSON'))
    expect(await answerTo(Buffer.from('[]--IMG--'))).toEqual(refusal('JSON'))
    expect(await answerTo(Buffer.from('{"label":"\xff"}--IMG--', 'latin1'))).toEqual(refusal('UTF-8'))
    expect(await answerTo(imgMessage({ key: 'camera' }, file))).toEqual(refusal('label'))
    expect(await answerTo(imgMessage({ label: 'site' }, file))).toEqual(refusal('key'))
    expect(await answerTo(imgMessage({ label: true, key: 'camera' }, file))).toEqual(refusal('label'))
    expect(await answerTo(imgMessage({ ...NAMES, label: '' }, file))).toEqual(refusal('label'))
    expect(await answerTo(imgMessage({ ...NAMES, key: 'x'.repeat(201) }, file))).toEqual(refusal('key'))
    expect(await answerTo(imgMessage({ ...NAMES, key: 'a\u0001' }, file))).toEqual(refusal('key'))
    expect(await answerTo(imgMessage({ ...NAMES, metadata_json: '[]' }, file))).toEqual(refusal('metadata_json'))
    expect(await answerTo(imgMessage({ ...NAMES, width: 'wide' }, file))).toEqual(refusal('width'))
    expect(await answerTo(imgMessage({ ...NAMES, captured_at: 5 }, file))).toEqual(refusal('captured_at'))
    expect(await answerTo(imgMessage(NAMES, Buffer.from('no picture')))).toEqual(refusal('JPEG, PNG or WebP'))
    expect(await answerTo(imgMessage(NAMES, jpeg(640, 480, 9_000).subarray(0, -2)))).toEqual(refusal('cut'))
    const badChecksum = readFileSync(new URL('../fixtures/field/badcrc.png', import.meta.url))
    expect(await answerTo(imgMessage(NAMES, badChecksum))).toEqual(refusal('checksum'))
    expect(await answerTo(imgMessage(NAMES, jpeg(10_000, 5_001)))).toEqual(refusal('megapixels'))
    expect(await answerTo(imgMessage(NAMES, file))).toEqual(STORED)
  })

  it('answers ok to an empty picture and stores nothing, as POST /frames does', async () => {
    const { server, answerTo } = await start()
    expect(await answerTo(imgMessage(USUAL, Buffer.alloc(0)))).toEqual(STORED)
    expect(await server.streams()).toEqual([])
    expect(await answerTo(imgMessage({ key: 'camera' }, Buffer.alloc(0)))).toEqual(refusal('label'))
  })

  it('takes a number as a name for its text, and fractions of pixels', async () => {
    const { server, answerTo } = await start()
    const header = '{"label":12345678901234567890,"key":7.0,"width":640.7,"height":"479.5"}--IMG--'
    expect(await answerTo(Buffer.concat([Buffer.from(header), jpeg(8, 8)]))).toEqual(STORED)
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', '12345678901234567890'))
    expect((await viewer.nextFrame()).header).toMatchObject({ key: '7.0', width: '641', height: '480' })
  })

  it('answers a message over the limit with an error and stays open', async () => {
    const { answerTo } = await start({ config: { 'http.body_bytes': 20_000 } })
    expect(await answerTo(imgMessage(NAMES, jpeg(16, 8, 25_000)))).toEqual(refusal('20,000 bytes'))
    expect(await answerTo(imgMessage(NAMES, jpeg(16, 8, 15_000)))).toEqual(STORED)
  })

  it('takes a picture that is as large as a posted one may be', async () => {
    const { answerTo } = await start({ config: { 'http.body_bytes': 20_000 } })
    const usual = { ...USUAL, metadata_json: JSON.stringify({ note: 'x'.repeat(500) }) }
    expect(await answerTo(imgMessage(usual, jpeg(16, 8, 20_000)))).toEqual(STORED)
  })

  it('tells that the store failed, and shows the picture live all the same', async () => {
    const store = new TestStore()
    const { server, answerTo } = await start({ store })
    await answerTo(imgMessage(NAMES, jpeg(16, 8)))
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', 'site'))
    await viewer.nextFrame()
    store.failure = 'Connection refused'
    const file = jpeg(24, 8)
    expect(await answerTo(imgMessage(NAMES, file))).toEqual({
      status: 'error',
      message: 'Failed to store frame: Connection refused',
    })
    expect((await viewer.nextFrame()).image).toEqual(file)
    store.failure = undefined
    expect(await answerTo(imgMessage(NAMES, file))).toEqual(STORED)
  })

  it('tells when there are too many streams and stays open', async () => {
    const { answerTo } = await start({ config: { 'streams.max': 1 } })
    expect(await answerTo(imgMessage(NAMES, jpeg(8, 8)))).toEqual(STORED)
    expect(await answerTo(imgMessage({ ...NAMES, key: 'b' }, jpeg(8, 8)))).toEqual(refusal('streams.max'))
    expect(await answerTo(imgMessage(NAMES, jpeg(8, 8)))).toEqual(STORED)
  })

  it('uses no compression, though the client offers it', async () => {
    const server = await TestServer.start()
    const url = server.socketUrl('/ws/frames')
    const publisher = await TestSocket.open(url, { headers: authorized(), perMessageDeflate: true })
    expect(publisher.ws.extensions).toBe('')
  })

  it('answers the pings of a sender', async () => {
    const { publisher } = await start()
    await publisher.settled()
  })

  it('keeps a sender that reads only the answers to its frames, and sends one every 100 s', async () => {
    const { clock, publisher, answerTo, pings } = await startSilent()
    for (let i = 0; i < 4; i++) {
      expect(await answerTo(imgMessage(NAMES, jpeg(16, 8)))).toEqual(STORED)
      // The pings of the meantime are read with the answer, and answered.
      for (const ping of pings.splice(0)) publisher.ws.pong(ping)
      await publisher.settled()
      clock.advance(100_000)
    }
    expect(await answerTo(imgMessage(NAMES, jpeg(16, 8)))).toEqual(STORED)
  })

  it('says why it closes the connection of a sender from which nothing comes any more', async () => {
    const { clock, publisher, pings } = await startSilent()
    clock.advance(35_000)
    await until(() => pings.length > 0, 'a ping')
    publisher.ws.pong(pings[0])
    await publisher.settled()
    clock.advance(80_000)
    expect(await publisher.closed).toEqual({ code: 1011, reason: expect.stringContaining('viewers.dead_after_s') })
  })

  it('closes that of a sender that has never answered a ping after an hour without a frame', async () => {
    const { clock, publisher, answerTo } = await startSilent()
    clock.advance(3_500_000)
    expect(await answerTo(imgMessage(NAMES, jpeg(16, 8)))).toEqual(STORED)
    clock.advance(3_610_000)
    expect(await publisher.closed).toEqual({
      code: 1011,
      reason: expect.stringContaining('viewers.publisher_dead_after_s'),
    })
  })

  it.each([
    ['no token', {}, ''],
    ['a wrong token', { authorization: 'Bearer wrong' }, ''],
    ['a wrong scheme', { authorization: `Basic ${KEY}` }, ''],
    ['a wrong ?token=', {}, '?token=wrong'],
  ])('with %s it accepts the socket and then closes it with 1008', async (_what, headers, query) => {
    const server = await TestServer.start()
    const socket = await TestSocket.open(server.socketUrl('/ws/frames') + query, { headers })
    const { code, reason } = await socket.closed
    expect(code).toBe(1008)
    expect(reason).not.toBe('')
    expect(socket.unread).toBe(0)
  })
})
