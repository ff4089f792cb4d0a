import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { SessionCookie } from './session-cookie.ts'

function requestWith(cookie?: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  if (cookie !== undefined) request.headers.cookie = cookie
  return request
}

const cookieAt = (isSecure: boolean, basePath = '') =>
  new SessionCookie({ id: 'abc', madeAt: 0 }, () => ({ isSecure, basePath }))
const set = (cookie: SessionCookie) => cookie.set(requestWith(), { value: 'v', name: 'current' }, 60_000)[0]

describe('the session cookie', () => {
  it('is for this host alone where browsers allow that: over HTTPS, and for all paths', () => {
    expect(set(cookieAt(true))).toBe(
      '__Host-belvedere_session_abc=v; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Strict',
    )
    expect(set(cookieAt(false))).toBe('belvedere_session_abc=v; Max-Age=60; Path=/; HttpOnly; SameSite=Strict')
    expect(set(cookieAt(true, '/cameras'))).toBe(
      'belvedere_session_abc=v; Max-Age=60; Path=/cameras; HttpOnly; Secure; SameSite=Strict',
    )
  })

  it('is read by whichever of its names the browser may have; the one that others cannot set counts first', () => {
    const both = requestWith('belvedere_session=old; belvedere_session_abc=plain; __Host-belvedere_session_abc=host')
    const values = (cookie: SessionCookie, request: IncomingMessage) =>
      cookie.shownBy(request).map(({ value, name }) => `${value} ${name}`)
    expect(values(cookieAt(false), both)).toEqual(['host current', 'old former'])
    const plain = requestWith('belvedere_session_abc=plain; belvedere_session_abd=other')
    expect(values(cookieAt(false), plain)).toEqual(['plain current'])
    expect(values(cookieAt(true, '/cameras'), plain)).toEqual(['plain current'])
    // A page of another subdomain could have set it.
    expect(values(cookieAt(true), plain)).toEqual([])
    expect(values(cookieAt(true), requestWith())).toEqual([])
  })

  it('is taken away wherever it was set', () => {
    expect(cookieAt(true, '/cameras').clear(requestWith())).toEqual([
      '__Host-belvedere_session_abc=; Max-Age=0; Path=/; Secure',
      'belvedere_session_abc=; Max-Age=0; Path=/',
      'belvedere_session_abc=; Max-Age=0; Path=/cameras',
    ])
  })
})
