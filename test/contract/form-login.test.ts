import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ask, cookieOf, listOf, must, signInOnPage, startHouse } from '../support/accounts.ts'
import { PASSWORD } from '../support/people.ts'
import { rawRequest } from '../support/raw.ts'
import type { TestServer } from '../support/server.ts'

const PYTHON = process.env.BELVEDERE_TEST_PYTHON ?? 'python3'
const PROGRAM = join(import.meta.dirname, '../fixtures/old_beamline_login.py')

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Posts the form, and follows nothing. */
function post(server: TestServer, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields).toString()
  return rawRequest(`${server.url}/login`, { method: 'POST', body, headers: { ...FORM, ...headers } })
}

const whoIs = async (server: TestServer, cookie: string) =>
  (await must(server, 'GET /session', { headers: { cookie } })).name

describe('the form of the old beamline page', () => {
  it('logs in, sets the cookie of the page and leads to it; so does logging out', async () => {
    const { server } = await startHouse()
    const { status, headers } = await post(server, { username: 'admin', password: PASSWORD })
    expect([status, headers.location]).toEqual([303, '/'])
    expect(String(headers['set-cookie'])).toMatch(/HttpOnly.*SameSite=Strict/)
    const cookie = cookieOf(headers)
    expect(await whoIs(server, cookie)).toBe('admin')
    const body = new FormData()
    body.append('username', 'admin')
    body.append('password', PASSWORD)
    const multipart = await fetch(`${server.url}/login`, { method: 'POST', body, redirect: 'manual' })
    expect(await whoIs(server, cookieOf({ 'set-cookie': multipart.headers.getSetCookie() }))).toBe('admin')
    const broken = { body: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } }
    const refused = await rawRequest(`${server.url}/login`, { method: 'POST', ...broken })
    expect([refused.status, refused.body]).toEqual([422, expect.stringContaining('is no whole form')])
    const out = await rawRequest(`${server.url}/logout`, { headers: { cookie } })
    expect([out.status, out.headers.location]).toEqual([303, '/'])
    expect(String(out.headers['set-cookie'])).toContain('Max-Age=0')
    expect(await whoIs(server, cookie)).toBe('somebody who has not signed in')
  })

  it('comes again with a wrong password, which is recorded, and waits after too many', async () => {
    const { server, admin } = await startHouse({ config: { 'limits.login_delay_s': 1 } })
    const wrong = await post(server, { username: 'admin', password: 'wrong' })
    expect(wrong.status).toBe(200)
    expect(wrong.body).toContain('Try again...')
    expect(wrong.body).toContain('<form method="post" action="/login">')
    expect(wrong.headers['set-cookie']).toBeUndefined()
    expect(wrong.headers['content-type']).toBe('text/html; charset=utf-8')
    expect((await post(server, {})).status).toBe(200)
    const entries = listOf(await must(server, 'GET /audit?action=session.open', { token: admin }), 'entries')
    expect(entries).toContainEqual(expect.objectContaining({ who: 'admin', outcome: 'failed' }))
    let answer = wrong
    while (answer.status === 200) answer = await post(server, { username: 'admin', password: 'wrong' })
    expect(answer.status).toBe(429)
    expect(answer.headers['retry-after']).toMatch(/^\d+$/)
    expect(answer.body).toContain('<form method="post" action="/login">')
  })

  it('logs nobody in from a page of another site, and nobody out', async () => {
    const { server } = await startHouse()
    const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const refused = await post(server, { username: 'admin', password: PASSWORD }, elsewhere)
    expect([refused.status, refused.headers['set-cookie']]).toEqual([403, undefined])
    const cookie = await signInOnPage(server, 'admin')
    const loggedOut = async (headers: Record<string, string>, method = 'GET') => {
      const out = await rawRequest(`${server.url}/logout`, { method, headers: { cookie, ...headers } })
      expect(out.status).toBe(method === 'GET' ? 303 : 404)
      return out.headers['set-cookie'] !== undefined || (await whoIs(server, cookie)) !== 'admin'
    }
    expect(await loggedOut({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(false)
    // Another port of this host.
    expect(await loggedOut({ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' })).toBe(false)
    // Nobody has followed the link yet.
    expect(await loggedOut({ 'sec-fetch-site': 'same-origin', 'sec-purpose': 'prefetch;prerender' })).toBe(false)
    expect(await loggedOut({}, 'HEAD')).toBe(false)
    expect(await loggedOut({ 'sec-fetch-site': 'same-origin' })).toBe(true)
  })

  it('is a page of its own, and leaves the log-in with JSON at the same path as it is', async () => {
    const { server } = await startHouse()
    const page = await rawRequest(`${server.url}/login`, {})
    expect(page.status).toBe(200)
    expect(page.body).not.toContain('role="alert"')
    const tokens = await must(server, 'POST /login', { body: { username: 'admin', password: PASSWORD } })
    expect(tokens).toMatchObject({ username: 'admin', access_token: expect.any(String) })
    expect(await ask(server, 'POST /login', { body: {} })).toMatchObject({ status: 422 })
    const large = await post(server, { username: 'x'.repeat(100_000), password: '' })
    expect(large.status).toBe(413)
  })

  it('lets programs of the old viewer in, and out again', async () => {
    const { server } = await startHouse({
      config: { 'access.anonymous': 'none', 'instruments.default': 'site/camera' },
    })
    const { stdout } = await promisify(execFile)(PYTHON, [PROGRAM, server.url, 'admin', PASSWORD])
    const nobody = 'somebody who has not signed in'
    expect(JSON.parse(stdout)).toEqual({
      wrong: { status: 200, url: '/login', tries_again: true, who: nobody },
      right: { status: expect.any(Number), url: '/', tries_again: false, who: 'admin' },
      picture: 404,
      out: { status: expect.any(Number), url: '/', tries_again: false, who: nobody },
    })
  })
})
