import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkCookieRequest, checkSameSite, crossSiteProblem, type OriginRules } from './csrf.ts'

const HOST = 'cams.example.org'
const OWN = `https://${HOST}`
const OTHER = 'https://evil.example'
const RULES: OriginRules = { publicOrigins: [], isFromProxy: () => false }

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
    expect(crossSiteProblem(request(headers), RULES)).toBeDefined()
    expect(() => checkSameSite(request(headers), RULES)).toThrow(expect.objectContaining({ code: 'forbidden' }))
  })

  it.each<Record<string, string>>([
    {},
    { origin: OWN },
    { origin: `http://${HOST}` },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    { origin: 'http://behind-a-proxy', 'sec-fetch-site': 'same-origin' },
  ])('is none that comes from us, from a program or by a link: %j', (headers) => {
    expect(crossSiteProblem(request(headers), RULES)).toBeUndefined()
  })

  it('may be allowed by its origin', () => {
    expect(crossSiteProblem(request({ origin: OTHER }), RULES, [OTHER])).toBeUndefined()
    expect(crossSiteProblem(request({ origin: `${OTHER}.org` }), RULES, [OTHER])).toBeDefined()
  })
})

describe('a request with a cookie', () => {
  it('may read from wherever no page of another site is seen', () => {
    for (const method of ['GET', 'HEAD']) expect(() => checkCookieRequest(request({}, method), RULES)).not.toThrow()
    expect(() => checkCookieRequest(request({ origin: OTHER }), RULES)).toThrow('evil.example')
  })

  it('may change something or open a socket from a page of this server alone', () => {
    for (const [headers, method] of [
      [{}, 'POST'],
      [{}, 'DELETE'],
      [{ upgrade: 'websocket' }, 'GET'],
    ] as const) {
      expect(() => checkCookieRequest(request(headers, method), RULES)).toThrow('a page of this server only')
      expect(() => checkCookieRequest(request({ ...headers, origin: OTHER }, method), RULES)).toThrow('evil.example')
      expect(() => checkCookieRequest(request({ ...headers, origin: OWN }, method), RULES)).not.toThrow()
    }
  })
})

describe('a page behind a proxy', () => {
  const page = 'https://cams.example.org:8443'
  const behind = (headers: Record<string, string>) => request({ origin: page, ...headers }, 'POST')
  const problem = (headers: Record<string, string>, rules: Partial<OriginRules> = {}) =>
    crossSiteProblem(behind(headers), { ...RULES, ...rules })

  it('is known by the host that the proxy passes on, with the usual port or without', () => {
    expect(problem({ host: 'cams.example.org:8443' })).toBeUndefined()
    expect(problem({ host: 'Cams.Example.org:8443' })).toBeUndefined()
    expect(crossSiteProblem(request({ origin: OWN, host: `${HOST}:443` }), RULES)).toBeUndefined()
    expect(crossSiteProblem(request({ origin: `http://${HOST}`, host: `${HOST}:80` }), RULES)).toBeUndefined()
    expect(crossSiteProblem(request({ origin: OWN, host: `${HOST}:80` }), RULES)).toBeDefined()
  })

  it('is refused where the proxy has changed the host or lost its port, and is told what the host is and what opens it', () => {
    for (const host of ['127.0.0.1:8000', 'cams.example.org']) {
      const said = problem({ host }) ?? ''
      expect(said).toContain(`"${host}" (Host)`)
      // What has room in the reason that closes a WebSocket.
      expect(said.slice(0, 123)).toContain('http.public_origins')
      expect(said).not.toContain('http.allowed_origins')
      expect(problem({ host }, { publicOrigins: [page] })).toBeUndefined()
    }
    expect(crossSiteProblem(behind({ host: 'a' }), RULES, [])).toContain('http.allowed_origins')
  })

  it('is known by the X-Forwarded-Host of a trusted proxy', () => {
    const forwarded = (name: string) => ({ host: '127.0.0.1:8000', 'x-forwarded-host': name })
    const trusted = { isFromProxy: () => true }
    expect(problem(forwarded('cams.example.org:8443'), trusted)).toBeUndefined()
    expect(problem(forwarded('cams.example.org:8443, inner'), trusted)).toBeUndefined()
    expect(problem(forwarded('cams.example.org'), trusted)).toBeDefined()
    expect(problem(forwarded('user@cams.example.org:8443'), trusted)).toBeDefined()
    expect(problem(forwarded('cams.example.org:8443'))).toContain('http.trusted_proxies')
    expect(() => checkCookieRequest(behind(forwarded('cams.example.org:8443')), { ...RULES, ...trusted })).not.toThrow()
  })
})
