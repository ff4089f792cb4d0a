import { describe, expect, it } from 'vitest'
import { HttpProblem } from '../access/fetch-json.ts'
import { signInTroubleOf } from './sign-in-trouble.ts'

describe('why somebody was not signed in', () => {
  it.each([
    [401, 'Wrong username or password', 'wrong'],
    [403, 'User account is inactive', 'inactive'],
    [0, '', 'unreachable'],
  ])('is told by %i %s: %s', (status, words, kind) => {
    expect(signInTroubleOf(new HttpProblem(status, words))).toEqual({ kind })
  })

  it('is never a wrong password or a disabled account where a proxy answered', () => {
    const between = (trouble: unknown) => ({ kind: 'between', trouble })
    for (const status of [200, 302, 401, 403, 407])
      expect(signInTroubleOf(new HttpProblem(status, ''))).toEqual(between({ kind: 'proxySignIn' }))
    for (const status of [404, 500, 502, 504])
      expect(signInTroubleOf(new HttpProblem(status, ''))).toEqual(between({ kind: 'gateway', status }))
  })

  it('is never one of these where the server says something else', () => {
    const reason = 'This token was revoked.'
    expect(signInTroubleOf(new HttpProblem(401, reason))).toEqual({ kind: 'failed', reason })
    const origin = 'Origin: "http://a" is not "b" (Host).'
    expect(signInTroubleOf(new HttpProblem(403, origin))).toEqual({
      kind: 'between',
      trouble: { kind: 'origin', reason: origin },
    })
  })

  it('is how long to wait after too many attempts', () => {
    expect(signInTroubleOf(new HttpProblem(429, '', 30))).toEqual({ kind: 'tooOften', seconds: 30 })
    expect(signInTroubleOf(new HttpProblem(429, '', 0))).toEqual({ kind: 'tooOften', seconds: 1 })
    expect(signInTroubleOf(new HttpProblem(429, ''))).toEqual({ kind: 'tooOften', seconds: 5 })
  })

  it('is in the server’s words otherwise', () => {
    expect(signInTroubleOf(new HttpProblem(422, 'body: too long'))).toEqual({
      kind: 'failed',
      reason: 'body: too long',
    })
    expect(signInTroubleOf(new TypeError('session: kind'))).toEqual({ kind: 'failed', reason: 'session: kind' })
  })
})
