import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jpeg, png, webp } from '../support/pictures.ts'
import { rawRequest } from '../support/raw.ts'
import {
  authorized,
  type FrameForm,
  formOf,
  freshLabel,
  TestServer,
  type TestServerOptions,
} from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'
import { TestStore } from '../support/stores.ts'

const STORED = { status: 'ok', message: 'Frame stored successfully.' }

const serverOfFile = TestServer.ofFile()

/** The server, a label for the test alone, and the streams that have come since it began. */
async function start(own?: TestServerOptions) {
  const server = own ? await TestServer.start(own) : await serverOfFile()
  const names = async () => (await server.streams()).map(({ label, key }) => `${label} ${key}`)
  const before = await names()
  return {
    server,
    label: freshLabel(),
    newStreams: async () => (await names()).filter((name) => !before.includes(name)),
  }
}

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../fixtures/field/${name}`, import.meta.url))
}

/** What a form with this instead of the usual fields is answered with. */
async function answerTo({ server, label }: { server: TestServer; label: string }, fields: FrameForm) {
  const response = await server.post(formOf({ label, key: 'camera', file: jpeg(16, 8), ...fields }))
  return { status: response.status, body: await response.json() }
}

describe('POST /frames', () => {
  it.each(['/frames', '/api/frames'])('stores a picture at %s and answers to the letter', async (path) => {
    const { server, label } = await start()
    const file = jpeg(16, 8, 50_000)
    const body = formOf({ label, key: 'camera', file })
    const response = await fetch(server.url + path, { method: 'POST', body, headers: authorized() })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toEqual(STORED)
    const snapshot = await server.get(`/streams/${label}/camera/snapshot`)
    expect(Buffer.from(await snapshot.arrayBuffer())).toEqual(file)
  })

  it.each([
    ['image/jpeg', jpeg(640, 480)],
    ['image/png', png(64, 48)],
    ['image/webp', webp(32, 24)],
  ])('knows %s by its first bytes, whatever its file is called', async (type, file) => {
    const { server, label } = await start()
    await server.publish(label, 'camera', { file })
    const snapshot = await server.get(`/streams/${label}/camera/snapshot`)
    expect(snapshot.headers.get('content-type')).toBe(type)
  })

  it('passes on what the detector sent, to the letter, with width and height as texts', async () => {
    const { server, label } = await start()
    const fields = {
      warnings_json: '{"warning_no_hardhat": {"count": 2}}',
      cone_polygons_json: '[[[1,2],[3,4],[5,6]]]',
      pole_polygons_json: '[ ]',
      detection_items_json: '[[1, 2, 3, 4, 0.90, 5]]',
    }
    const captured_at = Date.now() - 100
    await server.publish(label, 'camera', {
      ...fields,
      width: '1280',
      height: '720',
      captured_at: String(captured_at),
      metadata_json: '{"wind":{"speed":3.5},"--IMG--":["--IMG--IMG--"]}',
    })
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    const { header } = await viewer.nextFrame()
    expect(header).toMatchObject({
      warnings: fields.warnings_json,
      cone_polygons: fields.cone_polygons_json,
      pole_polygons: fields.pole_polygons_json,
      detection_items: fields.detection_items_json,
      width: '1280',
      height: '720',
      captured_at,
      metadata: { wind: { speed: 3.5 }, '--IMG--': ['--IMG--IMG--'] },
    })
  })

  it('takes the fields in any order, behind the picture too', async () => {
    const given = await start()
    const { server, label } = given
    const form = formOf({ file: jpeg(16, 8), key: 'camera', warnings_json: '{}', label })
    expect((await server.post(form)).status).toBe(200)
    expect(await given.newStreams()).toEqual([`${label} camera`])
  })

  it('passes over fields that it does not know, and files too', async () => {
    const given = await start()
    expect(await answerTo(given, { colour: 'blue', thumbnail: jpeg(8, 8), __proto__x: '1' })).toEqual({
      status: 200,
      body: STORED,
    })
  })

  it.each(['label', 'key', 'file'])('answers 422 and names the field when %s is missing', async (field) => {
    const given = await start()
    expect(await answerTo(given, { [field]: undefined })).toEqual({
      status: 422,
      body: { detail: expect.stringContaining(field) },
    })
    expect(await given.newStreams()).toEqual([])
  })

  it('answers 422 to a picture that is sent as a text', async () => {
    const given = await start()
    const { server, label } = given
    expect(await answerTo(given, { file: undefined, image: jpeg(8, 8) })).toMatchObject({ status: 422 })
    const form = formOf({ label, key: 'camera' })
    form.append('file', 'not a file')
    expect((await server.post(form)).status).toBe(422)
  })

  it('answers 200 to an empty file and stores nothing', async () => {
    const given = await start({})
    const { server, label } = given
    expect(await answerTo(given, { file: new Uint8Array() })).toEqual({ status: 200, body: STORED })
    expect(await given.newStreams()).toEqual([])
    await server.publish(label, 'camera')
    expect(await answerTo(given, { file: new Uint8Array() })).toEqual({ status: 200, body: STORED })
    expect(await (await server.get('/metrics')).text()).toMatch(/^belvedere_frames_in_total\{[^}]*\} 1$/m)
  })

  it('answers 422 to an empty file without a label: a missing field is one all the same', async () => {
    const given = await start()
    expect(await answerTo(given, { label: undefined, file: new Uint8Array() })).toMatchObject({ status: 422 })
    expect(await answerTo(given, { key: '', file: new Uint8Array() })).toMatchObject({ status: 422 })
  })

  it.each([
    ['is empty', ''],
    ['has 201 characters', 'x'.repeat(201)],
    ['holds a control character', 'a\u0007b'],
    ['holds a line break', 'a\nb'],
    ['holds NUL', 'a\0b'],
  ])('answers 422 when a name %s', async (_what, name) => {
    const given = await start()
    for (const field of ['label', 'key'])
      expect(await answerTo(given, { [field]: name })).toEqual({
        status: 422,
        body: { detail: expect.stringContaining(field) },
      })
    expect(await given.newStreams()).toEqual([])
  })

  it('takes a name of 200 characters', async () => {
    const { server } = await start()
    await server.publish('é'.repeat(200), 'x'.repeat(200))
    const path = `/streams/${encodeURIComponent('é'.repeat(200))}/${'x'.repeat(200)}/snapshot`
    expect((await server.get(path)).status).toBe(200)
  })

  it.each([...['{', 'No warning', '[1,]', '\u0000', '{"a":1}{'], ...['[1]', '"text"', '1', 'null', 'NaN']])(
    'answers 422 when metadata_json is %s, which is no JSON object',
    async (text) => {
      const given = await start()
      expect(await answerTo(given, { metadata_json: text })).toEqual({
        status: 422,
        body: { detail: expect.stringContaining('metadata_json') },
      })
    },
  )

  it.each([
    ['width', 'wide'],
    ['height', '-1'],
    ['height', '1e99'],
    ['captured_at', 'yesterday'],
    ['captured_at', '1700000000'],
  ])('answers 422 and names the field when %s is "%s"', async (field, text) => {
    const given = await start()
    expect(await answerTo(given, { [field]: text })).toEqual({
      status: 422,
      body: { detail: expect.stringContaining(field) },
    })
  })

  it.each([
    ['is no image', Buffer.from('GIF89a and so on'), /JPEG, PNG or WebP.*47 49 46 38/],
    ['is a JPEG without its end marker', jpeg(640, 480, 20_000).subarray(0, -2), /JPEG.*cut/],
    ['is the first half of a JPEG', jpeg(640, 480, 20_000).subarray(0, 10_000), /JPEG.*cut/],
    ['is a PNG that is cut', png(64, 48).subarray(0, -12), /PNG.*cut/],
    ['is a JPEG without quantisation tables', fixture('nodqt.jpg'), /no quantisation table/],
    ['is a JPEG of 12 bits', fixture('prec12.jpg'), /12 bits/],
    ['is a PNG with a wrong checksum', fixture('badcrc.png'), /PNG.*checksum/],
    ['is a WebP container longer than the file', webp(32, 24).subarray(0, -1), /WebP.*cut/],
  ])('answers 422 and tells what it found when the file %s', async (_what, file, sentence) => {
    const given = await start()
    expect(await answerTo(given, { file })).toEqual({ status: 422, body: { detail: expect.stringMatching(sentence) } })
    expect(await given.newStreams()).toEqual([])
  })

  it('answers 422 to more than 50 megapixels, and takes 50', async () => {
    const given = await start()
    expect(await answerTo(given, { file: jpeg(10_000, 5_001) })).toEqual({
      status: 422,
      body: { detail: expect.stringMatching(/50\.01 megapixels.*50 are allowed/) },
    })
    expect(await answerTo(given, { file: jpeg(10_000, 5_000) })).toMatchObject({ status: 200 })
  })

  it('takes as many megapixels as its setting says', async () => {
    const given = await start({ config: { 'frames.max_megapixels': 0.1 } })
    expect(await answerTo(given, { file: jpeg(400, 251) })).toMatchObject({ status: 422 })
    expect(await answerTo(given, { file: jpeg(400, 250) })).toMatchObject({ status: 200 })
  })

  it('answers 413 to a file over 10 MB, and takes one of 10 MB', async () => {
    const given = await start({})
    const picture = jpeg(16, 8, 10_000_000)
    expect(await answerTo(given, { file: picture })).toMatchObject({ status: 200 })
    expect(await answerTo(given, { file: Buffer.concat([picture, Buffer.alloc(10)]) })).toEqual({
      status: 413,
      body: { detail: expect.any(String) },
    })
  })

  it('takes as many bytes as its setting says', async () => {
    const given = await start({ config: { 'http.body_bytes': 20_000 } })
    expect(await answerTo(given, { file: jpeg(16, 8, 20_000) })).toMatchObject({ status: 200 })
    expect(await answerTo(given, { file: jpeg(16, 8, 20_100) })).toMatchObject({ status: 413 })
  })

  it('answers 413 to a field of many megabytes', async () => {
    const given = await start()
    expect(await answerTo(given, { metadata_json: `{"a":"${'x'.repeat(3_000_000)}"}` })).toEqual({
      status: 413,
      body: { detail: expect.stringContaining('metadata_json') },
    })
  })

  it('answers 422 to a body that is no form', async () => {
    const { server } = await start()
    const url = `${server.url}/frames`
    const json = await rawRequest(url, {
      method: 'POST',
      headers: { ...authorized(), 'content-type': 'application/json' },
      body: '{"label":"site"}',
    })
    expect(json.status).toBe(422)
    const none = await rawRequest(url, { method: 'POST', headers: authorized() })
    expect(none.status).toBe(422)
    for (const { body } of [json, none]) expect(JSON.parse(body)).toEqual({ detail: expect.any(String) })
  })

  it('answers with a detail to a form whose end is missing', async () => {
    const { server } = await start()
    const answer = await rawRequest(`${server.url}/frames`, {
      method: 'POST',
      headers: { ...authorized(), 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="label"\r\n\r\nsite',
    })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(JSON.parse(answer.body)).toEqual({ detail: expect.any(String) })
  })

  it('answers 500 when the store fails, and shows the picture live all the same', async () => {
    const store = new TestStore()
    const given = await start({ store })
    const { server, label } = given
    await server.publish(label, 'camera')
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    await viewer.nextFrame()
    store.failure = 'Connection refused'
    const file = jpeg(24, 8)
    expect(await answerTo(given, { file })).toEqual({
      status: 500,
      body: { detail: 'Failed to store frame: Connection refused' },
    })
    expect((await viewer.nextFrame()).image).toEqual(file)
    expect(store.stored).toHaveLength(1)
  })

  it('answers 503 with a detail when there are too many streams', async () => {
    const given = await start({ config: { 'streams.max': 2 } })
    const { server, label } = given
    await server.publish(label, 'a')
    await server.publish(label, 'b')
    expect(await answerTo(given, { key: 'c' })).toEqual({
      status: 503,
      body: { detail: expect.stringContaining('streams.max') },
    })
    expect(await answerTo(given, { key: 'b' })).toMatchObject({ status: 200 })
  })

  it('answers a route that does not exist, and a wrong method, with a detail', async () => {
    const { server } = await start()
    for (const [method, path, status] of [
      ['GET', '/frames', 405],
      ['GET', '/api/frames', 405],
      ['DELETE', '/frames', 404],
      ['GET', '/nothing/here', 404],
    ] as const) {
      const response = await fetch(server.url + path, { method })
      expect([path, response.status]).toEqual([path, status])
      expect(await response.json()).toEqual({ detail: expect.any(String) })
      expect(response.headers.get('allow')).toBe(status === 405 ? 'POST, PUT' : null)
    }
  })
})
