import { describe, expect, it } from 'vitest'
import { ask, refused, signInOnPage, startHouse } from '../support/accounts.ts'
import { authorized, TestServer } from '../support/server.ts'
import { TestSocket } from '../support/sockets.ts'

const SITE = 'https://site.example'
const ALLOWED = { 'http.allowed_origins': `${SITE},http://cams.example:8080` }
const ELSEWHERE = { 'x-forwarded-for': '203.0.113.5' }

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** What an answer says to the browser about pages of other sites. */
function corsOf(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')))
}

/** What a browser asks before a page of another site may send such a request. */
function preflight(server: TestServer, path: string, origin: string, method = 'GET', headers = 'authorization') {
  const asking = { origin, 'access-control-request-method': method, 'access-control-request-headers': headers }
  return ask(server, `OPTIONS ${path}`, { headers: { ...asking, ...ELSEWHERE } })
}

/** Of a page that sends its token with each request. */
const PAGE = {
  'access-control-allow-origin': SITE,
  'access-control-expose-headers': 'X-Frame-Id, X-Received-At, X-Captured-At, X-Video, ETag, Retry-After',
}

describe('a page of another site that the settings allow', () => {
  it('is told before any sign-in what it may send', async () => {
    const { server } = await startHouse({ config: { ...ALLOWED, 'access.anonymous': 'none' } })
    for (const path of ['/streams', '/frames', '/api/labels', '/users', '/streams/a/b/snapshot', '/session']) {
      const { status, headers } = await preflight(server, path, SITE, 'PUT')
      expect(status, path).toBe(204)
      expect(corsOf(headers)).toEqual({
        ...PAGE,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
        'access-control-allow-headers': 'Authorization, Content-Type, If-None-Match',
        'access-control-max-age': '600',
      })
      expect(headers.vary).toBe('Origin')
    }
  })

  it('reads every answer with a token, refusals as well', async () => {
    const { server, admin } = await startHouse({ config: { ...ALLOWED, 'labels.calls_per_minute': 1 } })
    await server.publish('site', 'camera')
    const headers = { origin: SITE, ...ELSEWHERE }
    const statusOf = async (call: string, token?: string) => {
      const answer = await ask(server, call, { token, headers })
      expect(corsOf(answer.headers), call).toEqual(PAGE)
      return answer.status
    }
    expect(await statusOf('GET /labels', admin)).toBe(200)
    expect(await statusOf('GET /labels', admin)).toBe(429)
    expect(await statusOf('GET /users', admin)).toBe(200)
    expect(await statusOf('GET /streams')).toBe(401)
    expect(await statusOf('GET /streams', 'wrong')).toBe(401)
    expect(await statusOf('GET /streams/site/none/snapshot', admin)).toBe(404)
    expect(await statusOf('POST /login', admin)).toBe(422)
    const picture = await server.get('/streams/site/camera/snapshot', { origin: SITE, ...authorized(admin) })
    expect(picture.status).toBe(200)
    expect(picture.headers.get('access-control-allow-origin')).toBe(SITE)
    for (const name of ['x-frame-id', 'x-received-at', 'etag']) expect(picture.headers.has(name), name).toBe(true)
  })

  it('opens sockets with a token from anywhere, and without one on this machine only', async () => {
    const { server, admin } = await startHouse({ config: ALLOWED })
    const open = async (token: string | undefined, headers: Record<string, string>) => {
      const url = server.socketUrl('/ws/live') + (token === undefined ? '' : `?token=${token}`)
      const socket = await TestSocket.open(url, { headers: { origin: SITE, ...headers } })
      return Promise.race([socket.settled().then(() => 'open'), socket.closed.then(({ code }) => code)])
    }
    expect(await open(admin, ELSEWHERE)).toBe('open')
    expect(await open(admin, {})).toBe('open')
    expect(await open(undefined, {})).toBe('open')
    expect(await open(undefined, ELSEWHERE)).toBe(1008)
  })

  it('can do nothing with the cookie of its visitor, not even on this machine', async () => {
    const { server } = await startHouse({ config: ALLOWED })
    const cookie = await signInOnPage(server, 'admin')
    const headers = { cookie, origin: SITE }
    for (const call of ['GET /streams', 'GET /users', 'PUT /demo', 'DELETE /session']) {
      const body = call.startsWith('PUT') ? { running: false } : undefined
      const answer = await ask(server, call, { headers, body })
      expect(answer, call).toMatchObject(refused(403))
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    }
    const socket = await TestSocket.open(server.socketUrl('/ws/live'), { headers })
    expect((await socket.closed).code).toBe(1008)
    // It is still good where it belongs.
    expect((await ask(server, 'GET /users', { headers: { cookie, origin: server.url } })).status).toBe(200)
  })
})

describe('a page of any other site', () => {
  const OTHERS = [
    'https://evil.example',
    'http://site.example',
    'https://site.example:8443',
    'https://site.example.evil.example',
    'https://evil.site.example',
    'HTTPS://SITE.EXAMPLE',
    'null',
    '*',
  ]

  it('is told nothing', async () => {
    const { server, admin } = await startHouse({ config: ALLOWED })
    for (const origin of OTHERS) {
      const asked = await preflight(server, '/streams', origin)
      expect(asked, origin).toMatchObject(refused(404))
      const answer = await ask(server, 'GET /streams', { token: admin, headers: { origin } })
      for (const { headers } of [asked, answer]) {
        expect(corsOf(headers)).toEqual({})
        // A cache must not give it what was meant for the site that is allowed.
        expect(headers.vary).toContain('Origin')
      }
    }
  })

  it('is told nothing, and nobody is told of anybody, where the settings allow no site', async () => {
    const { server, admin } = await startHouse()
    for (const origin of [SITE, ...OTHERS, server.url]) {
      const asked = await preflight(server, '/streams', origin)
      expect(asked.status).toBe(404)
      const read = await ask(server, 'GET /streams', { token: admin, headers: { origin } })
      const wrong = await ask(server, 'GET /streams', { token: 'wrong', headers: { origin } })
      const page = await server.get('/', { origin })
      const answers = [asked.headers, read.headers, wrong.headers, Object.fromEntries(page.headers)]
      for (const headers of answers) expect(corsOf(headers), origin).toEqual({})
    }
  })

  it('cannot be allowed by a wildcard', async () => {
    for (const origins of ['*', 'https://*,*', 'null'])
      await expect(TestServer.start({ config: { 'http.allowed_origins': origins } })).rejects.toThrow(
        'http.allowed_origins must be a list of origins such as https://example.org',
      )
  })
})
