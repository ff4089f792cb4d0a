import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadOrCreatePublishKey } from '../../src/access/publish-key.ts'
import { temporaryFolder } from '../support/command.ts'
import { jpeg } from '../support/pictures.ts'
import { rawRequest } from '../support/raw.ts'
import { authorized, formOf, KEY, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const VIEWING = ['/labels', '/api/labels', '/streams', '/streams/site/camera/snapshot', '/metrics']
const SOCKETS = [
  '/ws/labels/site',
  '/ws/stream/site/camera',
  '/api/ws/labels/site',
  '/api/ws/stream/site/camera',
  '/ws/live',
]

/** A server with one stream. */
async function start(config: Record<string, string> = {}) {
  const server = await TestServer.start({ config })
  await server.publish('site', 'camera')
  const { host } = new URL(server.url)
  return { server, host, port: host.split(':')[1] }
}

/** What the server makes of a request with these headers on each viewing route: the statuses, or the close codes. */
async function outcomes(server: TestServer, headers: Record<string, string>, query = '') {
  const statuses: number[] = []
  for (const path of VIEWING) {
    const { status, body } = await rawRequest(server.url + path + query, { headers })
    if (status >= 400) expect(JSON.parse(body)).toEqual({ detail: expect.any(String) })
    statuses.push(status)
  }
  const codes: (number | undefined)[] = []
  for (const path of SOCKETS) {
    const socket = await TestSocket.open(server.socketUrl(path) + query, { headers })
    codes.push(await codeOf(socket))
  }
  return { statuses, codes }
}

/** Why the server closed a socket at once; undefined if it did not. */
async function codeOf(socket: TestSocket): Promise<number | undefined> {
  const settled = socket.settled().then(() => undefined)
  return Promise.race([settled, socket.closed.then(({ code }) => code)])
}

const ALL_LET_IN = { statuses: VIEWING.map(() => 200), codes: SOCKETS.map(() => undefined) }
const allRefused = (status: number) => ({ statuses: VIEWING.map(() => status), codes: SOCKETS.map(() => 1008) })

describe('viewing', () => {
  it('is open to this machine, by whatever name it calls itself', async () => {
    const { server, port } = await start()
    for (const name of ['localhost', '127.0.0.1', '[::1]', '127.8.9.1', 'cam.localhost', 'LOCALHOST', '192.168.1.20'])
      expect(await outcomes(server, { host: `${name}:${port}` }), name).toEqual(ALL_LET_IN)
  })

  it('is refused under any other name: it may be an attacker who points it here (DNS rebinding)', async () => {
    const { server, port } = await start()
    const names = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil-localhost']
    for (const name of names) expect(await outcomes(server, { host: `${name}:${port}` }), name).toEqual(allRefused(403))
  })

  it('is refused under any other name wherever it comes from, if visitors may view without signing in', async () => {
    const config = { 'access.anonymous': 'view', 'http.trusted_proxies': '127.0.0.1' }
    const { server, host } = await start(config)
    const elsewhere = { 'x-forwarded-for': '203.0.113.5' }
    expect(await outcomes(server, { ...elsewhere, host: 'evil.example' })).toEqual(allRefused(403))
    const { body } = await rawRequest(`${server.url}/streams`, { headers: { ...elsewhere, host: 'evil.example' } })
    expect(JSON.parse(body).detail).toContain('http.allowed_hosts')
    expect(await outcomes(server, { ...elsewhere, host })).toEqual(ALL_LET_IN)
    const served = { ...elsewhere, host: 'cams.example.org', 'x-forwarded-host': 'cams.example.org' }
    expect(await outcomes(server, served), 'a name that a trusted proxy serves').toEqual(ALL_LET_IN)
  })

  it('is open to a forwarded name only from a trusted proxy', async () => {
    const { server } = await start({ 'access.anonymous': 'view' })
    const headers = { host: 'cams.example.org', 'x-forwarded-host': 'cams.example.org' }
    expect(await outcomes(server, headers)).toEqual(allRefused(403))
  })

  it('is open under a name that the settings allow', async () => {
    const { server, port } = await start({ 'http.allowed_hosts': 'cams.example.org' })
    expect(await outcomes(server, { host: `cams.example.org:${port}` })).toEqual(ALL_LET_IN)
    expect(await outcomes(server, { host: `Cams.Example.Org` })).toEqual(ALL_LET_IN)
    expect(await outcomes(server, { host: `x.cams.example.org:${port}` })).toEqual(allRefused(403))
  })

  it('is open to pages of the server itself, and refused to those of other sites', async () => {
    const { server, host, port } = await start()
    expect(await outcomes(server, { origin: `http://${host}` })).toEqual(ALL_LET_IN)
    const others = [
      'http://evil.example',
      'null',
      `http://127.0.0.1:1${port}`,
      `http://${host}.evil.example`,
      'file://',
    ]
    for (const origin of others) expect(await outcomes(server, { origin }), origin).toEqual(allRefused(403))
  })

  it('is open to pages of a site that the settings allow', async () => {
    const { server } = await start({ 'http.allowed_origins': 'https://site.example' })
    expect(await outcomes(server, { origin: 'https://site.example' })).toEqual(ALL_LET_IN)
    expect(await outcomes(server, { origin: 'http://site.example' })).toEqual(allRefused(403))
  })

  it('is refused to an <img> on a page of another site, which brings no Origin', async () => {
    const { server } = await start()
    const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    expect((await outcomes(server, embedded)).statuses).toEqual(VIEWING.map(() => 403))
  })

  it.each([
    ['Forwarded', 'for=10.0.0.1'],
    ['Forwarded', ''],
    ['X-Forwarded-For', '127.0.0.1'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'localhost'],
    ['x-forwarded-anything', 'x'],
  ])('is refused when a proxy forwarded the request (%s: %s): it may come from anywhere', async (name, value) => {
    const { server } = await start()
    expect(await outcomes(server, { [name]: value })).toEqual(allRefused(401))
  })

  it('is refused with a token that is not known, though it needs none', async () => {
    const { server } = await start()
    expect(await outcomes(server, authorized('wrong'))).toEqual(allRefused(401))
    expect(await outcomes(server, {}, '?token=wrong')).toEqual(allRefused(401))
    expect(await outcomes(server, { authorization: 'Bearer' })).toEqual(allRefused(401))
  })

  it('is open as ever beside the password of a proxy, which says nothing to this server', async () => {
    const { server } = await start()
    const ofProxy = { authorization: `Basic ${Buffer.from('bob:secret').toString('base64')}` }
    expect(await outcomes(server, ofProxy)).toEqual(ALL_LET_IN)
    expect(await outcomes(server, ofProxy, `?token=${KEY}`)).toEqual(ALL_LET_IN)
    expect(await outcomes(server, ofProxy, '?token=wrong')).toEqual(allRefused(401))
    expect(await outcomes(server, { ...ofProxy, 'x-forwarded-for': '10.0.0.1' })).toEqual(allRefused(401))
  })

  it('takes the token as ?token= on every GET and every socket', async () => {
    const { server } = await start()
    expect(await outcomes(server, {}, `?token=${KEY}`)).toEqual(ALL_LET_IN)
    expect(await outcomes(server, authorized())).toEqual(ALL_LET_IN)
  })

  it('is not opened by the publish key where it is closed', async () => {
    const { server } = await start()
    expect(await outcomes(server, { ...authorized(), 'x-forwarded-for': '10.0.0.1' })).toEqual(allRefused(403))
    expect(await outcomes(server, { ...authorized(), origin: 'http://evil.example' })).toEqual(allRefused(403))
    const { status, body } = await rawRequest(`${server.url}/streams`, {
      headers: { ...authorized(), host: 'evil.example' },
    })
    expect([status, JSON.parse(body).detail]).toEqual([403, expect.stringContaining('http.allowed_hosts')])
  })
})

describe('publishing', () => {
  const post = (server: TestServer, headers: Record<string, string>, query = '') =>
    fetch(`${server.url}/frames${query}`, {
      method: 'POST',
      body: formOf({ label: 'site', key: 'camera', file: jpeg(8, 8) }),
      headers,
    })

  it('is refused with 401 without the key', async () => {
    const { server } = await start()
    const response = await post(server, {})
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toEqual({ detail: expect.any(String) })
  })

  it.each([
    ['its first half', KEY.slice(0, KEY.length / 2)],
    ['all but its last character', KEY.slice(0, -1)],
    ['one character more', `${KEY}x`],
    ['other letter case', KEY.toUpperCase()],
    ['nothing', ''],
  ])('is refused with 401 to who has only %s', async (_what, key) => {
    const { server } = await start()
    const response = await post(server, { authorization: `Bearer ${key}` })
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain(KEY)
    const socket = await TestSocket.open(server.socketUrl('/ws/frames'), {
      headers: { authorization: `Bearer ${key}` },
    })
    const { code, reason } = await socket.closed
    expect(code).toBe(1008)
    expect(reason).not.toContain(KEY)
  })

  it('knows the scheme in any letter case and with more than one space', async () => {
    const { server } = await start()
    for (const authorization of [`bearer ${KEY}`, `BEARER  ${KEY}`])
      expect((await post(server, { authorization })).status).toBe(200)
    for (const authorization of [KEY, `Bearer ${KEY} more`, `Token ${KEY}`, 'Bearer'])
      expect((await post(server, { authorization })).status).toBe(401)
  })

  it('does not take the key from the address of a POST, where it would end in logs', async () => {
    const { server } = await start()
    expect((await post(server, {}, `?token=${KEY}`)).status).toBe(401)
  })

  it('is open to who has the key, wherever the request came from', async () => {
    const { server } = await start()
    expect((await post(server, { ...authorized(), 'x-forwarded-for': '10.0.0.1' })).status).toBe(200)
    const answer = await rawRequest(`${server.url}/frames`, {
      method: 'POST',
      headers: { ...authorized(), host: 'cams.example.org', 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x--\r\n',
    })
    expect(answer.status).toBe(422)
  })

  it('tells of a wrong key before it reads the body', async () => {
    const { server } = await start()
    const answer = await rawRequest(`${server.url}/frames`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: 'x'.repeat(1_000_000),
    })
    expect(answer.status).toBe(401)
  })
})

describe('the publish key', () => {
  it('is made once, long and random, and kept for this user alone', () => {
    const folder = join(temporaryFolder(), 'data')
    const { key } = loadOrCreatePublishKey(folder)
    expect(key).toMatch(/^[\w-]{32,}$/)
    expect(loadOrCreatePublishKey(folder)).toEqual({ key, isNew: false })
    expect(statSync(join(folder, 'publish.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, 'publish.key'), 'utf8').trim()).toBe(key)
    expect(loadOrCreatePublishKey(join(temporaryFolder(), 'data')).key).not.toBe(key)
  })

  it('is the one that somebody wrote into its file', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'publish.key'), ' my-own-publish-key \n')
    expect(loadOrCreatePublishKey(folder).key).toBe('my-own-publish-key')
  })

  it('is made when its file is empty, as after a crash, and not read by others then either', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'publish.key'), '', { mode: 0o644 })
    const { key } = loadOrCreatePublishKey(folder)
    expect(key).toMatch(/^[\w-]{32,}$/)
    expect(statSync(join(folder, 'publish.key')).mode & 0o777).toBe(0o600)
  })

  it('is not made anew when its file cannot be read', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'publish.key'))
    expect(() => loadOrCreatePublishKey(folder)).toThrow('EISDIR')
    expect(existsSync(join(folder, 'publish.key'))).toBe(true)
  })
})

describe('every answer', () => {
  it('forbids what a page of ours does not need', async () => {
    const { server } = await start()
    for (const path of ['/', '/labels', '/nothing', '/streams/site/camera/snapshot']) {
      const { headers } = await server.get(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})
