import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { answerOf } from '../support/answer.ts'
import { temporaryFolder } from '../support/command.ts'
import { jpeg } from '../support/pictures.ts'
import { authorized, formOf, freshLabel, KEY, TestServer } from '../support/server.ts'
import { imgMessage, TestSocket } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const shared = TestServer.ofFile()

/** What no double holds, a form that a serializer would change, and the delimiter of messages. */
const NUMBERS = '{ "pulse_id": 1610521604143693812, "x": 1e400, "z": -0, "one": 1.0, "note": "a\\u0062" }'

/** The text that a message of `--IMG--` begins with. */
function headOf(message: string | Uint8Array): string {
  return Buffer.from(message).toString('latin1').split('--IMG--')[0] ?? ''
}

/** What Socket.IO sends of the events of a label, as text. */
async function rawPackets(server: TestServer, label: string): Promise<() => string> {
  const socket = await TestSocket.open(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  let text = String(await socket.next())
  socket.send('40')
  void (async () => {
    for (;;) text += String(await socket.next())
  })().catch(() => {})
  await until(() => text.includes('40{'))
  socket.send(`42["subscribe",{"labels":["${label}"]}]`)
  return () => text
}

describe('JSON that was checked', () => {
  it.each(['a form', 'a header with texts', 'a header with values'])(
    'goes out of every socket for pictures to the letter: %s',
    async (way) => {
      const server = await shared()
      const label = freshLabel()
      const items = '[[ 1, 2, 3, 4, 0.50, 9007199254740993 ]]'
      if (way === 'a form') {
        await server.publish(label, 'cam', { metadata_json: NUMBERS, detection_items_json: items })
      } else {
        const sender = await TestSocket.open(`${server.url.replace('http', 'ws')}/ws/frames`, { headers: authorized() })
        const [metadata, boxes] = way.endsWith('texts')
          ? [NUMBERS, items].map((text) => JSON.stringify(text))
          : [NUMBERS, items]
        const header = `{"label":"${label}","key":"cam","metadata_json" : ${metadata} , "detection_items_json":${boxes}}--IMG--`
        sender.send(Buffer.concat([Buffer.from(header), jpeg(8, 8)]))
        expect(await sender.nextJson()).toMatchObject({ status: 'ok' })
      }
      const open = (path: string) => TestSocket.open(server.url.replace('http', 'ws') + path)
      const labels = await open(`/ws/labels/${label}`)
      expect(headOf(await labels.next())).toContain(`"metadata":${NUMBERS}`)
      const stream = await open(`/ws/stream/${label}/cam`)
      stream.send({ action: 'pull' })
      const head = headOf(await stream.next())
      expect(head).toContain(`"metadata":${NUMBERS}`)
      expect(head).toContain(`"detection_items":${JSON.stringify(items)}`)
      const live = await open('/ws/live')
      live.ask({ type: 'watch', id: 1, label })
      await live.nextOfType('watching')
      const liveHead = headOf(await live.next())
      expect(liveHead).toContain(`"metadata":${NUMBERS}`)
      expect(liveHead).toContain(`"detection_items":${items}`)
    },
  )

  it('goes from webhooks and programs to every reader of events, and comes back from the log', async () => {
    const server = await shared()
    const label = freshLabel()
    const webhook = `{"label":"${label}",${NUMBERS.slice(1)}`
    const following = await TestSocket.open(`${server.url.replace('http', 'ws')}/ws/live`)
    following.ask({ type: 'follow', id: 7, labels: [label] })
    const packets = await rawPackets(server, label)
    const post = (path: string, body: string) =>
      fetch(server.url + path, {
        method: 'POST',
        body,
        headers: { ...authorized(), 'content-type': 'application/json' },
      })
    expect((await post('/api/webhook/plc', webhook)).status).toBe(200)
    const body = `{"type":"measured","label":"${label}","data" : ${NUMBERS}}`
    expect((await post('/events', body)).status).toBe(200)

    const raw = async (path: string) => (await server.get(path, authorized())).text()
    const pages = [await raw(`/events?labels=${label}`), await raw(`/api/recent-events?limit=2`)]
    let live = ''
    while (!live.includes('measured')) live += String(await following.next())
    const stream = await server.get(`/stream/events?labels=${label}`, authorized())
    let sent = ''
    for await (const chunk of stream.body ?? []) {
      sent += Buffer.from(chunk).toString()
      if (sent.includes('MEASURED')) break
    }
    await until(() => packets().includes('MEASURED'))
    for (const text of [...pages, live, sent, packets()]) {
      expect(text).toContain(`"data":${webhook}`)
      expect(text).toContain(`"data":${NUMBERS}`)
    }
  })
})

describe('what is no JSON', () => {
  const LINES = 'Warning: Someone is not wearing a hardhat!\nToo close'
  const POLYGONS = '[[[NaN, 1], [2, -Infinity]]]'
  const TEXTS = {
    warnings_json: LINES,
    cone_polygons_json: POLYGONS,
    pole_polygons_json: 'none \u0000',
    detection_items_json: '[',
  }
  /** A socket for publishing, as the detection hub's sender uses it. */
  const sender = async (server: TestServer) => {
    const socket = await TestSocket.publisher(server.socketUrl('/ws/frames'))
    return async (head: string) => {
      socket.send(Buffer.concat([Buffer.from(`${head}--IMG--`), jpeg(8, 8)]))
      return socket.nextJson()
    }
  }
  const STORED = { status: 'ok', message: 'Frame stored successfully.' }

  it.each(['a form', 'a header'])('loses no picture, and goes out of everything as text: %s', async (way) => {
    const server = await shared()
    const label = freshLabel()
    if (way === 'a form') await server.publish(label, 'cam', TEXTS)
    else expect(await (await sender(server))(JSON.stringify({ label, key: 'cam', ...TEXTS }))).toEqual(STORED)
    // Forms have line breaks of their own.
    const lines = way === 'a form' ? LINES.replace('\n', '\r\n') : LINES
    const texts = { warnings: lines, cone_polygons: POLYGONS, pole_polygons: 'none \u0000', detection_items: '[' }
    const labels = await TestSocket.open(server.socketUrl('/ws/labels', label))
    expect((await labels.nextFrame()).header).toMatchObject(texts)
    const stream = await TestSocket.open(server.socketUrl('/ws/stream', label, 'cam'))
    stream.send({ action: 'pull' })
    expect((await stream.nextFrame()).header).toMatchObject(texts)
    const live = await TestSocket.open(server.socketUrl('/ws/live'))
    live.ask({ type: 'watch', id: 1, label })
    expect((await live.nextPicture()).header.annotations).toEqual(texts)
    const first = await TestSocket.open(server.socketUrl('/api/ws/stream', label, 'cam'))
    expect(await first.nextJson()).toMatchObject({ warnings: LINES })
  })

  it.each(['No warning', '無警告', 'none', 'OK', 'No warnings.'])('is no warning where it says %s', async (text) => {
    const server = await shared()
    const label = freshLabel()
    await server.publish(label, 'cam', { warnings_json: text })
    const first = await TestSocket.open(server.socketUrl('/api/ws/stream', label, 'cam'))
    expect(await first.nextJson()).toMatchObject({ warnings: 'No warning' })
  })

  it('is null in metadata where it is a number that only Python writes, and the answer says so', async () => {
    const server = await shared()
    const label = freshLabel()
    const metadata_json = '{"x":NaN,"id":1610521604143693812,"y":[-Infinity,"NaN"]}'
    const kept = '"metadata":{"x":null,"id":1610521604143693812,"y":[null,"NaN"]}'
    const note = expect.stringMatching(/^metadata_json: NaN and Infinity/)
    const labels = async () => headOf(await (await TestSocket.open(server.socketUrl('/ws/labels', label))).next())
    const posted = await server.post(formOf({ label, key: 'cam', file: jpeg(8, 8), metadata_json }))
    expect(await answerOf(posted)).toEqual({ status: 200, body: { ...STORED, note } })
    expect(await labels()).toContain(kept)
    const send = await sender(server)
    // As a text; as a value, with NaN in other fields too.
    const text = JSON.stringify({ label, key: 'cam', metadata_json })
    expect(await send(text)).toEqual({ ...STORED, note })
    const value = `{"label":"${label}","key":"cam","width":NaN,"cone_polygons_json":${POLYGONS},"metadata_json":${metadata_json}}`
    expect(await send(value)).toEqual({ ...STORED, note })
    const head = await labels()
    expect(head).toContain(kept)
    expect(JSON.parse(head)).toMatchObject({ cone_polygons: POLYGONS, width: '0' })
  })
})

describe('names that look the same', () => {
  it('are one stream on every way in and out, in the spelling that came first', async () => {
    const server = await shared()
    const label = freshLabel()
    const [first, second] = [`${label} Bu\u0308hne`, `${label} B\u00fchne`]
    const ws = server.url.replace('http', 'ws')
    await server.publish(first, 'cam')
    const sender = await TestSocket.open(`${ws}/ws/frames`, { headers: authorized() })
    sender.send(imgMessage({ label: second, key: 'c\u200bam' }, jpeg(24, 8)))
    expect(await sender.nextJson()).toMatchObject({ status: 'ok' })
    const ofLabel = (await server.streams()).filter((stream) => String(stream.label).startsWith(`${label} `))
    expect(ofLabel).toMatchObject([{ label: first, key: 'cam' }])
    const { labels } = await answerOf(await server.get('/labels')).then(({ body }) => body)
    expect(labels).toContain(first)
    expect(labels).not.toContain(second)
    const url = encodeURIComponent(second)
    expect((await server.get(`/streams/${url}/cam%E2%80%8B/snapshot`)).status).toBe(200)
    const viewer = await TestSocket.open(`${ws}/ws/labels/${url}`)
    expect((await viewer.nextFrame()).header.key).toBe('cam')
    const live = await TestSocket.open(`${ws}/ws/live`)
    live.ask({ type: 'watch', id: 1, label: second, key: 'cam' })
    expect(await live.nextOfType('watching')).toMatchObject({ streams: [{ label: first, key: 'cam' }] })
    expect((await live.nextPicture()).header).toMatchObject({ label: first, key: 'cam' })
  })

  it.each(['.', '..', '\u200b', '.\u00ad.'])('%j is none, on every way in', async (name) => {
    const server = await shared()
    const label = freshLabel()
    const refused = { status: 422, body: { detail: expect.stringMatching(/^(key|label|name|stream_name|site)\b/) } }
    expect(await answerOf(await server.post(formOf({ label, key: name, file: jpeg(8, 8) })))).toEqual(refused)
    expect(await answerOf(await server.post(formOf({ label: name, key: 'a', file: jpeg(8, 8) })))).toEqual(refused)
    const sender = await TestSocket.open(`${server.url.replace('http', 'ws')}/ws/frames`, { headers: authorized() })
    sender.send(imgMessage({ label, key: name }, jpeg(8, 8)))
    expect(await sender.nextJson()).toMatchObject({ status: 'error' })
    const post = (path: string, body: object) =>
      fetch(server.url + path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { ...authorized(), 'content-type': 'application/json' },
      })
    expect(await answerOf(await post('/events', { type: 'x', label: name }))).toEqual(refused)
  })
})

describe('a form', () => {
  const fixture = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures/field', name)))

  it.each(['label', 'key', 'warnings_json', 'metadata_json'])('whose %s is not UTF-8 is refused', async (field) => {
    const server = await shared()
    const label = freshLabel()
    for (const name of ['key_latin1_a.txt', 'key_latin1_b.txt']) {
      const form = formOf({ label, key: 'cam', file: jpeg(8, 8) })
      form.delete(field)
      // As `curl -F 'key=<file'` sends it: `FormData` has no other way to write bytes.
      const text = Buffer.from(await new Response(form).clone().arrayBuffer()).toString('latin1')
      const boundary = text.slice(2, text.indexOf('\r\n'))
      const part = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n`
      const bytes = Buffer.concat([Buffer.from(part), fixture(name), Buffer.from(`\r\n${text}`, 'latin1')])
      const headers = { ...authorized(), 'content-type': `multipart/form-data; boundary=${boundary}` }
      const answer = await fetch(`${server.url}/frames`, { method: 'POST', body: bytes, headers })
      expect([answer.status, await answer.json()]).toEqual([422, { detail: `${field}: is not UTF-8` }])
    }
    expect(await server.streams()).not.toContainEqual(expect.objectContaining({ label }))
  })

  it('may bring its JSON as files, as browsers do with a Blob', async () => {
    const server = await shared()
    const label = freshLabel()
    const form = formOf({ label, key: 'blob', file: fixture('ok_nodht_avi1.jpg') })
    const json = (text: string) => new Blob([text], { type: 'application/json' })
    form.append('warnings_json', json('{"warning_no_hardhat":{"count":2}}'))
    form.append('metadata_json', json(NUMBERS))
    expect((await server.post(form)).status).toBe(200)
    const viewer = await TestSocket.open(`${server.url.replace('http', 'ws')}/ws/labels/${label}`)
    const message = await viewer.next()
    expect(headOf(message)).toContain(NUMBERS)
    expect(headOf(message)).toContain(JSON.stringify('{"warning_no_hardhat":{"count":2}}'))
  })
})

it.each(['@home', '<in', 'a,b;c.jpg', 'say "cheese"\\.jpg'])(
  'examples/send.sh takes the name %s for a name',
  async (name) => {
    const server = await shared()
    const folder = temporaryFolder()
    writeFileSync(join(folder, name), jpeg(8, 8))
    const script = join(import.meta.dirname, '../../examples/send.sh')
    const env = { PATH: process.env.PATH, BELVEDERE_URL: server.url, BELVEDERE_PUBLISH_KEY: KEY }
    const label = `${name} ${freshLabel()}`
    const { stdout } = await promisify(execFile)('sh', [script, name, label, name], { cwd: folder, env })
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok' })
    expect(await server.streams()).toContainEqual(expect.objectContaining({ label, key: name }))
  },
)

it('a JSON body that is not UTF-8 is refused', async () => {
  const server = await shared()
  const body = Buffer.from('{"type":"K\xfcche"}', 'latin1')
  const headers = { ...authorized(), 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}/events`, { method: 'POST', body, headers })
  expect([answer.status, await answer.json()]).toEqual([422, { detail: 'body: is not UTF-8' }])
})
