import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startHouse } from '../support/accounts.ts'
import { answerOf } from '../support/answer.ts'
import { jpeg, png, webp } from '../support/pictures.ts'
import { rawRequest } from '../support/raw.ts'
import { authorized, TestServer } from '../support/server.ts'

const serverOfFile = TestServer.ofFile()

/** Uploads bytes under a file name. @returns status and answer */
async function upload(server: TestServer, bytes: Uint8Array | string, fileName = 'a.jpg', headers = authorized()) {
  const form = new FormData()
  form.append('file', new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)]), fileName)
  return send(server, form, headers)
}

async function send(server: TestServer, body: FormData | string, headers: Record<string, string> = authorized()) {
  const response = await fetch(`${server.url}/api/upload`, { method: 'POST', body, headers })
  return answerOf(response)
}

/** A form with one part, its head as it stands. */
function part(head: string, content = 'x') {
  const headers = { ...authorized(), 'content-type': 'multipart/form-data; boundary=b' }
  return { headers, body: `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n--b--` }
}

describe('POST /api/upload', () => {
  it.each([
    ['JPEG', jpeg(16, 8), 'image/jpeg', 'jpg'],
    ['PNG', png(16, 8), 'image/png', 'png'],
    ['WebP', webp(16, 8), 'image/webp', 'webp'],
  ])('puts a %s down for everybody who is told its address', async (_kind, bytes, mediaType, extension) => {
    const server = await serverOfFile()
    const { status, body } = await upload(server, bytes, 'Gate 3.html')
    expect(status).toBe(200)
    expect(body).toEqual({ url: expect.stringMatching(new RegExp(`^/uploads/Gate-3-[\\w-]{16,}\\.${extension}$`)) })
    const response = await server.get(String(body.url))
    expect(response.status).toBe(200)
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': mediaType,
      'content-length': String(bytes.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-disposition': 'inline',
      'cache-control': 'private, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
    })
    const head = await fetch(server.url + String(body.url), { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, mediaType])
    // From elsewhere, without any token: LINE fetches it.
    const foreign = { host: 'cams.example.org', 'x-forwarded-for': '203.0.113.5' }
    expect(await rawRequest(server.url + String(body.url), { headers: foreign })).toHaveProperty('status', 200)
  })

  it('says that there is no file name, or no file', async () => {
    const server = await serverOfFile()
    const missing = { status: 400, body: { detail: 'Filename is missing' } }
    for (const head of ['name="file"', 'name="file"; filename=""', 'name="other"; filename="a.jpg"']) {
      const { headers, body } = part(head)
      expect([head, await send(server, body, headers)]).toEqual([head, missing])
    }
    expect(await send(server, new FormData())).toEqual(missing)
  })

  it('takes pictures only, by their bytes', async () => {
    const server = await serverOfFile()
    const others = [
      '',
      '<!doctype html><script>alert(1)</script>',
      '<svg xmlns="http://www.w3.org/2000/svg"/>',
      'GIF89a',
    ]
    for (const content of others)
      expect([content, await upload(server, content, 'a.jpg')]).toEqual([
        content,
        { status: 415, body: { detail: expect.stringContaining('not a JPEG, PNG or WebP picture') } },
      ])
    const disguised = Buffer.concat([Buffer.of(0xff, 0xd8, 0xff), Buffer.from('<script>alert(1)</script>')])
    expect(await upload(server, disguised)).toHaveProperty('status', 415)
    const badChecksum = readFileSync(new URL('../fixtures/field/badcrc.png', import.meta.url))
    expect(await upload(server, badChecksum)).toHaveProperty('body.detail', expect.stringContaining('checksum'))
  })

  it('takes so much and no more', async () => {
    const config = { 'uploads.max_bytes': 5000, 'uploads.max_total_bytes': 9000 }
    const server = await TestServer.start({ config })
    expect(await upload(server, jpeg(8, 8, 5100))).toEqual({
      status: 413,
      body: { detail: expect.stringContaining('at most 5000 bytes') },
    })
    expect(await upload(server, jpeg(8, 8, 200_000))).toHaveProperty('status', 413)
    expect(await upload(server, jpeg(8, 8, 4900))).toHaveProperty('status', 200)
    expect(await upload(server, jpeg(8, 8, 4900))).toEqual({ status: 503, body: { detail: expect.any(String) } })
    expect(await upload(server, jpeg(8, 8))).toHaveProperty('status', 200)
  })

  it('is for publishers', async () => {
    const server = await serverOfFile()
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(jpeg(8, 8))]), 'a.jpg')
    expect(await send(server, form, {})).toEqual({ status: 401, body: { detail: expect.any(String) } })
  })

  it('refuses what is no form', async () => {
    const server = await serverOfFile()
    const headers = { ...authorized(), 'content-type': 'application/json' }
    expect(await send(server, '{}', headers)).toEqual({ status: 422, body: { detail: expect.any(String) } })
    const cut = part('name="file"; filename="a"')
    expect(await send(server, cut.body.slice(0, -4), cut.headers)).toHaveProperty('status', 422)
  })
})

it('the uploads of a user take no more than a share, in the folder that the settings name', async () => {
  const root = mkdtempSync(join(tmpdir(), 'belvedere-uploads-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const dir = join(root, 'pictures')
  const { server, admin, add } = await startHouse({
    config: { 'uploads.dir': dir, 'uploads.bytes_per_user': 10_000, 'uploads.max_total_bytes': 40_000 },
  })
  const [mallory, bob] = [(await add('mallory')).access, (await add('bob')).access]
  const from = (token: string) => upload(server, jpeg(8, 8, 6000), 'a.jpg', authorized(token))
  const { body } = await from(mallory)
  expect((await server.get(String(body.url))).status).toBe(200)
  expect(await from(mallory)).toEqual({
    status: 429,
    body: { detail: expect.stringMatching(/^Your uploads take \d+ of 10000 bytes \(uploads\.bytes_per_user\)/) },
  })
  for (const token of [bob, admin]) expect((await from(token)).status).toBe(200)
  expect(readdirSync(dir).filter((name) => !name.startsWith('.'))).toHaveLength(3)
})

describe('GET /uploads/{name}', () => {
  it('gives nothing but what was uploaded, however a path out of the folder is written', async () => {
    const server = await serverOfFile()
    const { body } = await upload(server, jpeg(8, 8))
    const name = String(body.url).slice('/uploads/'.length)
    const up = ['../', '..%2f', '%2e%2e%2f', '%2e%2e/', '..%5c', '..\\', '....//', '%252e%252e%252f', '..;/', '/']
    const paths = [
      ...up.flatMap((step) => [`${step.repeat(3)}etc/passwd`, `${step}uploads/${name}`, `${step}publish-key`]),
      '',
      '.',
      '%00',
      `${name}%00`,
      `${name}%00.html`,
      `${name}/`,
      `x/${name}`,
      name.replace('.jpg', '.png'),
      name.replace('.jpg', '.html'),
      `${name}.html`,
      `.unfinished-${name}`,
      `a-${'A'.repeat(24)}.jpg`,
    ]
    for (const path of paths)
      expect([path, (await rawRequest(server.url, { path: `/uploads/${path}` })).status]).toEqual([path, 404])
    // What is no UTF-8 is no address at all.
    for (const path of ['%c0%ae%c0%ae%c0%af', '%zz', '%'])
      expect([path, (await rawRequest(server.url, { path: `/uploads/${path}` })).status]).toEqual([path, 400])
  })
})
