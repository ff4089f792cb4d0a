import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { answerOf } from '../support/answer.ts'
import { temporaryFolder } from '../support/command.ts'
import { jpeg, png, webp } from '../support/pictures.ts'
import { authorized, freshLabel, KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

/* Pictures as they are, from cameras and programs that know nothing but to upload a file. */

const STORED = { status: 200, body: { status: 'ok', message: 'Frame stored successfully.' } }

const serverOfFile = TestServer.ofFile()

/** Sends a body to `/frames`. @param query what the address says */
async function send(query: string, body: Uint8Array, { method = 'PUT', type = 'image/jpeg', path = '/frames' } = {}) {
  const server = await serverOfFile()
  const headers = { ...authorized(), ...(type !== '' && { 'content-type': type }) }
  const url = `${server.url}${path}?${query}`
  return answerOf(await fetch(url, { method, body: new Uint8Array(body), headers }))
}

async function snapshotOf(label: string, key: string): Promise<Uint8Array> {
  const server = await serverOfFile()
  return Buffer.from(await (await server.get(`/streams/${label}/${key}/snapshot`)).arrayBuffer())
}

/** Runs a program to its end. @returns what it has written */
async function run(program: string, ...args: string[]): Promise<string> {
  return (await promisify(execFile)(program, args)).stdout
}

describe('a picture as the body', () => {
  it.each([
    ['POST', '/frames', 'image/jpeg', jpeg(16, 8)],
    ['PUT', '/frames', 'image/png', png(16, 8)],
    ['PUT', '/api/frames', 'image/webp', webp(16, 8)],
    ['POST', '/api/frames', 'application/octet-stream', jpeg(16, 8)],
    // Its own bytes say what it is.
    ['PUT', '/frames', 'image/*', png(24, 8)],
    ['PUT', '/frames', 'image/jpeg; charset=binary', png(24, 8)],
  ])('is published by %s %s as %s', async (method, path, type, picture) => {
    const label = freshLabel()
    expect(await send(`label=${label}&key=cam`, picture, { method, path, type })).toEqual(STORED)
    expect(await snapshotOf(label, 'cam')).toEqual(picture)
  })

  it('has the other fields of a frame in the address', async () => {
    const label = freshLabel()
    const captured_at = Date.now() - 100
    const fields = { label, key: '工地/1', captured_at: `${captured_at}`, width: '640.7', warnings_json: 'Too close' }
    const query = new URLSearchParams({ ...fields, metadata_json: '{"x":1.0}', colour: 'blue' })
    expect(await send(`key=first&${query}`, jpeg(16, 8))).toEqual(STORED)
    const server = await serverOfFile()
    const viewer = await TestSocket.open(server.socketUrl('/ws/labels', label))
    expect((await viewer.nextFrame()).header).toMatchObject({
      key: '工地/1',
      captured_at,
      width: '641',
      warnings: 'Too close',
      metadata: { x: 1 },
    })
  })

  it.each([
    ['', jpeg(8, 8), 'body: must be multipart/form-data, or a picture'],
    ['label=site', jpeg(8, 8), 'key: '],
    ['key=cam', jpeg(8, 8), 'label: '],
    ['label=site&key=..', jpeg(8, 8), 'key: '],
    ['label=site&key=cam&metadata_json=[]', jpeg(8, 8), 'metadata_json: '],
    ['label=site&key=cam', Buffer.from('label=site&key=cam'), 'file: '],
    ['label=site&key=cam', jpeg(640, 480, 20_000).subarray(0, 10_000), 'file: '],
  ])('is refused with what is wrong: ?%s', async (query, body, detail) => {
    expect(await send(query, body)).toEqual({ status: 422, body: { detail: expect.stringContaining(detail) } })
  })

  it('may be none, where the camera delivered nothing', async () => {
    const label = freshLabel()
    expect(await send(`label=${label}&key=cam`, new Uint8Array())).toEqual(STORED)
    const server = await serverOfFile()
    expect((await server.streams()).filter((stream) => stream.label === label)).toEqual([])
  })

  it('needs a key, which may be the password of Basic authentication; a form needs a Bearer as ever', async () => {
    const server = await serverOfFile()
    let said = ''
    const put = async (authorization?: string, more: Record<string, string> = {}) => {
      const headers = { ...more, 'content-type': 'image/jpeg', ...(authorization !== undefined && { authorization }) }
      const url = `${server.url}/frames?label=site&key=locked`
      const response = await fetch(url, { method: 'PUT', body: new Uint8Array(jpeg(8, 8)), headers })
      said = await response.text()
      return [response.status, response.headers.get('www-authenticate')?.split(' ')[0]]
    }
    const basic = (password: string) => `Basic ${Buffer.from(`camera:${password}`).toString('base64')}`
    expect(await put()).toEqual([401, 'Basic'])
    // Perhaps the password of a proxy in front: asked for another, a browser would forget that one.
    expect(await put(basic('wrong'))).toEqual([401, 'Bearer'])
    expect(said).toContain('The password that was shown is no key of this server.')
    expect(await put(basic(KEY))).toEqual([200, undefined])
    // A browser that knows the password, on behalf of another page.
    expect(await put(basic(KEY), { origin: 'https://elsewhere.example' })).toEqual([403, undefined])
    const form = await server.post(new FormData(), { authorization: basic(KEY) })
    expect([form.status, form.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  })
})

describe('programs', () => {
  it.each([
    ['-T FILE', ['-H', `Authorization: Bearer ${KEY}`, '-T']],
    ['-T FILE, with a password', ['-u', `camera:${KEY}`, '-T']],
    ['--data-binary @FILE', ['-H', `Authorization: Bearer ${KEY}`, '--data-binary']],
    ['-T FILE in chunks', ['-H', `Authorization: Bearer ${KEY}`, '-H', 'Transfer-Encoding: chunked', '-T']],
  ])('curl %s publishes a picture', async (how, args) => {
    const server = await serverOfFile()
    const label = freshLabel()
    // Above 1 MB curl waits for "100 Continue".
    const picture = jpeg(640, 480, 1_500_000)
    const file = join(temporaryFolder(), 'picture.jpg')
    writeFileSync(file, picture)
    const given = how.includes('@') ? `@${file}` : file
    const answer = await run('curl', '-sS', ...args, given, `${server.url}/frames?label=${label}&key=cam`)
    expect(JSON.parse(answer)).toEqual(STORED.body)
    expect(await snapshotOf(label, 'cam')).toEqual(picture)
  })

  it.each([
    ['a header', `method=PUT:headers='Authorization: Bearer ${KEY}'`, ''],
    ['a password', 'method=PUT:auth_type=basic', `camera:${KEY}@`],
  ])('ffmpeg publishes a video picture by picture, with %s', async (_what, options, user) => {
    const server = await serverOfFile()
    const label = freshLabel()
    const url = `${server.url.replace('://', `://${user}`)}/frames?label=${label}&key=cam`
    const video = ['-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=5', '-frames:v', '3']
    await run(
      'ffmpeg',
      '-v',
      'error',
      ...video,
      '-c:v',
      'mjpeg',
      '-f',
      'image2',
      '-update',
      '1',
      '-protocol_opts',
      options,
      url,
    )
    const metrics = await (await server.get('/metrics')).text()
    expect(metrics).toMatch(new RegExp(`^belvedere_frames_in_total\\{label="${label}",[^}]*\\} 3$`, 'm'))
    expect((await snapshotOf(label, 'cam')).length).toBeGreaterThan(500)
  })
})
