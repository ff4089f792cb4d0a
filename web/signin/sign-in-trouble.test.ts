import { describe, expect, it } from 'vitest'
import { HttpProblem } from '../access/fetch-json.ts'
import { signInTroubleOf } from './sign-in-trouble.ts'

describe('why somebody was not signed in', () => {
  it.each([
    [401, 'wrong'],
    [403, 'inactive'],
    [0, 'unreachable'],
  ])('is told by status %i: %s', (status, kind) => {
    expect(signInTroubleOf(new HttpProblem(status, 'words'))).toEqual({ kind })
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
    expect(signInTroubleOf(new HttpProblem(500, ''))).toEqual({ kind: 'failed', reason: '500' })
    expect(signInTroubleOf(new TypeError('session: kind'))).toEqual({ kind: 'failed', reason: 'session: kind' })
  })
})
