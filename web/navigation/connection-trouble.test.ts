import { describe, expect, it } from 'vitest'
import { CONNECTING, DISCONNECTED, NOT_OPENED } from '../../client/codes.ts'
import { HttpProblem } from '../access/fetch-json.ts'
import { type ConnectionFacts, connectionTroubleOf } from './connection-trouble.ts'

const LOST = { state: 'connecting', code: CONNECTING.transportClosed, reason: NOT_OPENED } as const
const REFUSED = { state: 'disconnected', code: DISCONNECTED.refused, reason: 'too many connections' } as const
const ASKED = { session: undefined, refusal: undefined, problem: undefined }

function troubleWith(facts: Partial<ConnectionFacts>) {
  const admission = { kind: 'open', reason: '' } as const
  return connectionTroubleOf({
    connection: LOST,
    admission,
    sessionState: ASKED,
    diagnosis: { kind: 'silent' },
    ...facts,
  })
}

describe('what a page says of its connection', () => {
  it('is nothing while it is fine, is being made, or asks again who it is', () => {
    expect(troubleWith({ connection: { state: 'connected', code: 0, reason: '' } })).toBeUndefined()
    expect(troubleWith({ connection: { ...LOST, code: CONNECTING.called } })).toBeUndefined()
    expect(troubleWith({ connection: REFUSED, admission: { kind: 'asking', reason: '' } })).toBeUndefined()
  })

  it('is what was found out over HTTP', () => {
    expect(troubleWith({})).toEqual({ kind: 'noConnection' })
    expect(troubleWith({ diagnosis: { kind: 'noUpgrade' } })).toEqual({ kind: 'noUpgrade' })
    expect(troubleWith({ diagnosis: { kind: 'gateway', status: 502 } })).toEqual({ kind: 'gateway', status: 502 })
    expect(troubleWith({ diagnosis: { kind: 'closes' } })).toEqual({ kind: 'refused', reason: NOT_OPENED })
  })

  it('is in the words of the server where it refuses, or what a proxy does that answers in its place', () => {
    const admission = { kind: 'refused', reason: '' } as const
    expect(troubleWith({ connection: REFUSED, admission })).toEqual({ kind: 'refused', reason: 'too many connections' })
    const reason = 'Origin: "http://a" is not "b" (Host).'
    expect(troubleWith({ connection: { ...REFUSED, reason }, admission })).toEqual({ kind: 'origin', reason })
    const sessionState = { ...ASKED, problem: new HttpProblem(302, '') }
    expect(troubleWith({ connection: REFUSED, admission, sessionState })).toEqual({ kind: 'proxySignIn' })
  })
})
