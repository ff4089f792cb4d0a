import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { GUEST_COOKIE, SESSION_COOKIE } from '../../test/support/memory-accounts.ts'
import { type Action, may, mayAny } from '../core/authorization.ts'
import { AccountCache } from './account-cache.ts'
import { ActivePrincipals } from './active-principals.ts'
import { Authenticator } from './authenticator.ts'
import type { AnonymousPolicy } from './permissions.ts'
import { Tokens } from './tokens.ts'

const KEY = 'a-publish-key-for-tests'
const ELSEWHERE = ['192.168.1.20', '10.0.0.5', 'fe80::1', '::ffff:192.168.1.20', '::', '128.0.0.1', '']
const HERE = ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']

/** An authenticator of a server without accounts. */
function makeAuthenticator(anonymous?: AnonymousPolicy): Authenticator {
  const clock = new ManualClock()
  const principals = new ActivePrincipals(clock)
  const rules = {
    publishKey: KEY,
    anonymous,
    allowedHosts: ['cams.example.org'],
    isFromProxy: () => false,
    allowedOrigins: [],
    publicOrigins: [],
  }
  const nothing = () => Promise.reject(new Error('no store'))
  const store = new Proxy(Object.create(null), { get: () => nothing })
  const changes = { subscribe: () => () => {}, check() {} }
  const log = pino({ level: 'silent' })
  const cache = new AccountCache({ store, changes, clock, log, principals, sessionLife: 1000 })
  const tokens = new Tokens({ accessLife: 1000, refreshLife: 1000, leeway: 0 }, clock, () => [
    { id: 'a', secret: 'x'.repeat(32), createdAt: 0 },
  ])
  return new Authenticator({
    rules,
    sessionCookie: SESSION_COOKIE,
    guestCookie: GUEST_COOKIE,
    cache,
    principals,
    tokens,
    clock,
  })
}

/** A request from that address. */
function requestFrom(address: string, headers: Record<string, string>): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: address })
  const request = new IncomingMessage(socket)
  request.headers = headers
  request.method = 'GET'
  return request
}

const admit = async (authenticator: Authenticator, request: IncomingMessage, action: Action) =>
  authenticator.allow(await authenticator.identify(request), action)

describe('somebody who has not signed in', () => {
  it('may operate on this machine and nothing from anywhere else, if nobody says otherwise', async () => {
    const authenticator = makeAuthenticator()
    for (const address of ELSEWHERE)
      for (const host of ['localhost', 'cams.example.org'])
        await expect(admit(authenticator, requestFrom(address, { host }), 'view'), address).rejects.toThrow(
          'Sign in first',
        )
    for (const address of HERE) {
      const operator = await admit(authenticator, requestFrom(address, { host: 'localhost' }), 'view')
      expect(['view', 'command', 'acknowledge'].every((action) => may(operator, action as 'view', {}))).toBe(true)
      expect(may(operator, 'publish', {}) || may(operator, 'administer', {})).toBe(false)
    }
  })

  it('may what the policy says, wherever they are', async () => {
    for (const address of [...ELSEWHERE, ...HERE]) {
      const request = requestFrom(address, { host: 'localhost' })
      await expect(admit(makeAuthenticator('none'), request, 'view')).rejects.toThrow('Sign in first')
      const viewer = await admit(makeAuthenticator('view'), request, 'view')
      expect(mayAny(viewer, 'command')).toBe(false)
      expect(mayAny(await admit(makeAuthenticator('operate'), request, 'command'), 'acknowledge')).toBe(true)
    }
  })

  it('is told that a request was forwarded only where that matters', async () => {
    const request = requestFrom('127.0.0.1', { host: 'localhost', 'x-forwarded-for': '203.0.113.5' })
    await expect(admit(makeAuthenticator(), request, 'view')).rejects.toThrow('was forwarded')
    await expect(admit(makeAuthenticator('none'), request, 'view')).rejects.not.toThrow('was forwarded')
  })

  it('may nothing through a page of another site, whatever the policy', async () => {
    for (const policy of [undefined, 'view', 'operate'] as const) {
      const request = requestFrom('127.0.0.1', { host: 'localhost', origin: 'http://evil.example' })
      await expect(admit(makeAuthenticator(policy), request, 'view')).rejects.toThrow('evil.example')
    }
  })
})

describe('the publish key', () => {
  it('publishes from anywhere, and opens nothing else', async () => {
    for (const address of ELSEWHERE) {
      const publisher = await admit(
        makeAuthenticator(),
        requestFrom(address, { authorization: `Bearer ${KEY}` }),
        'publish',
      )
      expect(may(publisher, 'publish', { label: 'a', key: 'b' })).toBe(true)
      expect(mayAny(publisher, 'view')).toBe(false)
    }
  })
})
