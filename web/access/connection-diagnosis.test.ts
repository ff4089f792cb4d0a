import { describe, expect, it } from 'vitest'
import { CONNECTING, NOT_OPENED } from '../../client/codes.ts'
import { ConnectionDiagnosis } from './connection-diagnosis.ts'
import type { ConnectionState } from './connection-state.ts'
import { HttpProblem } from './fetch-json.ts'
import { SessionStore } from './session-store.ts'

const SESSION = { kind: 'anonymous', name: '', may: ['view'] }
const NOBODY = new HttpProblem(0, '')

/** A page without a connection. @param answers of `/session`, in turn; the last one repeats */
function pageWith(...answers: unknown[]) {
  let heard = () => {}
  const told = { retries: 0, asked: 0 }
  let now = 0
  const feed = {
    connection: { state: 'connecting', code: CONNECTING.called, reason: '' } as ConnectionState,
    subscribe(listener: () => void) {
      heard = listener
      return () => {}
    },
    retry: () => void told.retries++,
  }
  const sessions = new SessionStore(async () => {
    told.asked++
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return answer
  })
  const diagnosis = new ConnectionDiagnosis({ feed, sessions, now: () => now })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return {
    diagnosis,
    told,
    settled,
    /** An attempt fails. */
    async fails(reason = NOT_OPENED, after = 0) {
      now += after
      feed.connection = { state: 'connecting', code: CONNECTING.transportClosed, reason }
      heard()
      await settled()
    },
    connects() {
      feed.connection = { state: 'connected', code: 0, reason: '' }
      heard()
    },
  }
}

describe('a page without a live connection', () => {
  it('says that nobody answers while nobody does', async () => {
    const { diagnosis, told, fails } = pageWith(NOBODY)
    await fails()
    await fails()
    expect([diagnosis.current, told]).toEqual([{ kind: 'silent' }, { retries: 0, asked: 2 }])
  })

  it('connects at once when the server answers, which may just be back', async () => {
    const { diagnosis, told, fails, connects } = pageWith(NOBODY, SESSION)
    await fails()
    await fails()
    expect([diagnosis.current.kind, told.retries]).toEqual(['silent', 1])
    connects()
    // The next time it is lost, it may just be back again.
    await fails()
    expect([diagnosis.current.kind, told.retries]).toEqual(['silent', 2])
  })

  it('says that the live connection is not passed on when that fails although the server answers', async () => {
    const { diagnosis, told, fails, connects } = pageWith(SESSION)
    await fails()
    await fails()
    expect(diagnosis.current).toEqual({ kind: 'noUpgrade' })
    // Seldom asked, then.
    await fails(NOT_OPENED, 10_000)
    expect(told.asked).toBe(2)
    await fails(NOT_OPENED, 30_000)
    expect(told.asked).toBe(3)
    connects()
    expect(diagnosis.current).toEqual({ kind: 'silent' })
  })

  it('does not blame what is in between where the server closes the connection itself', async () => {
    const { diagnosis, fails } = pageWith(SESSION)
    await fails('viewers.max is reached')
    await fails('viewers.max is reached')
    expect(diagnosis.current).toEqual({ kind: 'closes' })
  })

  it.each([
    ['leads to its log-in page', new HttpProblem(302, ''), { kind: 'proxySignIn' }],
    ['shows its log-in page', new HttpProblem(200, ''), { kind: 'proxySignIn' }],
    ['answers JSON of its own', { login: 'here' }, { kind: 'proxySignIn' }],
    ['asks for a password', new HttpProblem(401, ''), { kind: 'proxySignIn' }],
    ['refuses', new HttpProblem(403, ''), { kind: 'proxySignIn' }],
    ['does not reach the server', new HttpProblem(502, ''), { kind: 'gateway', status: 502 }],
  ])('tells of a proxy that %s', async (_, answer, expected) => {
    const { diagnosis, fails } = pageWith(answer)
    await fails()
    expect(diagnosis.current).toEqual(expected)
  })

  it('asks when it is to try now, whatever was found out, and takes a refusal of the server for an answer', async () => {
    const { diagnosis, told, fails, settled } = pageWith(
      new HttpProblem(502, ''),
      new HttpProblem(429, 'Too many calls.'),
    )
    await fails()
    expect(diagnosis.current.kind).toBe('gateway')
    diagnosis.retry()
    await settled()
    expect(told).toEqual({ retries: 2, asked: 2 })
    await fails()
    await fails(NOT_OPENED, 30_000)
    expect(diagnosis.current.kind).toBe('noUpgrade')
  })
})
