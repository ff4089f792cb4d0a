import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkCookieRequest, checkSameSite, crossSiteProblem } from './csrf.ts'

const HOST = 'cams.example.org'
const OWN = `https://${HOST}`
const OTHER = 'https://evil.example'

function request(headers: Record<string, string>, method = 'GET'): IncomingMessage {
  const message = new IncomingMessage(new Socket())
  message.headers = { host: HOST, ...headers }
  message.method = method
  return message
}

describe('a request of another site', () => {
  it.each<Record<string, string>>([
    { origin: OTHER },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  ])('is known by what its browser says: %j', (headers) => {
    expect(crossSiteProblem(request(headers), [])).toBeDefined()
    expect(() => checkSameSite(request(headers))).toThrow(expect.objectContaining({ code: 'forbidden' }))
  })

  it.each<Record<string, string>>([
    {},
    { origin: OWN },
    { origin: `http://${HOST}` },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    { origin: 'http://behind-a-proxy', 'sec-fetch-site': 'same-origin' },
  ])('is none that comes from us, from a program or by a link: %j', (headers) => {
    expect(crossSiteProblem(request(headers), [])).toBeUndefined()
  })

  it('may be allowed by its origin', () => {
    expect(crossSiteProblem(request({ origin: OTHER }), [OTHER])).toBeUndefined()
    expect(crossSiteProblem(request({ origin: `${OTHER}.org` }), [OTHER])).toBeDefined()
  })
})

describe('a request with a cookie', () => {
  it('may read from wherever no page of another site is seen', () => {
    for (const method of ['GET', 'HEAD']) expect(() => checkCookieRequest(request({}, method))).not.toThrow()
    expect(() => checkCookieRequest(request({ origin: OTHER }))).toThrow('evil.example')
  })

  it('may change something or open a socket from a page of this server alone', () => {
    for (const [headers, method] of [
      [{}, 'POST'],
      [{}, 'DELETE'],
      [{ upgrade: 'websocket' }, 'GET'],
    ] as const) {
      expect(() => checkCookieRequest(request(headers, method))).toThrow('a page of this server only')
      expect(() => checkCookieRequest(request({ ...headers, origin: OTHER }, method))).toThrow('evil.example')
      expect(() => checkCookieRequest(request({ ...headers, origin: OWN }, method))).not.toThrow()
    }
  })
})
