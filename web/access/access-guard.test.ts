import { describe, expect, it } from 'vitest'
import { AccessGuard } from './access-guard.ts'
import type { ConnectionState } from './connection-state.ts'
import { HttpProblem } from './fetch-json.ts'
import { SessionStore } from './session-store.ts'

const VIEWER = { kind: 'user', name: 'mei', may: ['view'], user: { user_id: 3, username: 'mei', labels: ['a'] } }
const NOBODY = { kind: 'anonymous', name: '', may: [], why: 'Sign in to see.' }
const BLIND = { ...VIEWER, may: [] }

const CONNECTED: ConnectionState = { state: 'connected', code: 0, reason: '' }
const refused = (reason = 'no longer allowed'): ConnectionState => ({ state: 'disconnected', code: 1, reason })

/** A guard with a fake page. @param answers the responses of `/session`; the last one repeats */
function guardOf(answers: unknown[], isShared = false) {
  let listener = () => {}
  let retries = 0
  const feed = {
    connection: { state: 'connecting', code: 0, reason: '' } as ConnectionState,
    subscribe(heard: () => void) {
      listener = heard
      return () => {}
    },
    retry() {
      retries++
    },
  }
  const sessions = new SessionStore(async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    return answer
  })
  const timers: { ms: number; action: () => void }[] = []
  const guard = new AccessGuard({ feed, sessions, isShared, later: (ms, action) => timers.push({ ms, action }) })
  return {
    guard,
    sessions,
    retries: () => retries,
    /** The connection changes its state. */
    becomes(connection: ConnectionState) {
      feed.connection = connection
      listener()
    },
    /** Runs the next delayed action. @returns its delay, ms */
    async wait() {
      const timer = timers.shift()
      timer?.action()
      // Responses are immediate: after a few microtasks.
      await new Promise((resolve) => setImmediate(resolve))
      return timer?.ms
    },
  }
}

describe('the guard of a page', () => {
  it('says at the sign-in that the link of a guest has ended, and nothing else that the server says to visitors', async () => {
    const ended = guardOf([{ ...NOBODY, why: 'This link has ended.' }])
    await ended.sessions.refresh()
    expect(ended.guard.current).toEqual({ kind: 'signedOut', reason: 'This link has ended.' })
  })

  it('lets it be open until the server says otherwise', async () => {
    const { guard, sessions } = guardOf([VIEWER])
    expect(guard.current.kind).toBe('open')
    await sessions.refresh()
    expect(guard.current.kind).toBe('open')
  })

  it('has whoever may not see sign in, without a connection having to fail first', async () => {
    const { guard, sessions } = guardOf([NOBODY])
    await sessions.refresh()
    expect(guard.current).toEqual({ kind: 'signedOut', reason: '' })
  })

  it('connects again at once when the server refused whoever may still see', async () => {
    const { guard, becomes, wait, retries } = guardOf([VIEWER])
    becomes(CONNECTED)
    becomes(refused())
    expect(guard.current.kind).toBe('asking')
    expect(await wait()).toBe(0)
    expect(retries()).toBe(1)
    becomes(CONNECTED)
    expect(guard.current.kind).toBe('open')
  })

  it('says that the server refuses, and tries seldom, when that does not help', async () => {
    const { guard, becomes, wait, retries } = guardOf([VIEWER])
    becomes(refused())
    await wait()
    becomes(refused('too many connections'))
    expect(guard.current).toEqual({ kind: 'refused', reason: 'too many connections' })
    expect(await wait()).toBe(2000)
    becomes(refused('too many connections'))
    expect(await wait()).toBe(4000)
    expect(retries()).toBe(3)
  })

  it('asks twice whether somebody is signed out: another tab may be getting a new cookie', async () => {
    const { guard, sessions, becomes, wait, retries } = guardOf([VIEWER, NOBODY, VIEWER])
    await sessions.refresh()
    becomes(refused())
    await wait()
    expect(guard.current.kind).toBe('asking')
    expect(await wait()).toBeGreaterThan(0)
    expect(retries()).toBe(1)
  })

  it('has whoever was signed out sign in again, and goes on when that was done in another tab', async () => {
    const { guard, sessions, becomes, wait, retries } = guardOf([VIEWER, NOBODY, NOBODY, VIEWER])
    await sessions.refresh()
    becomes(refused('The account was disabled.'))
    await wait()
    await wait()
    expect(guard.current).toEqual({ kind: 'signedOut', reason: 'The account was disabled.' })
    expect(retries()).toBe(0)
    await sessions.refresh()
    expect(retries()).toBe(1)
  })

  it('tells somebody who may see nothing so', async () => {
    const { guard, sessions } = guardOf([BLIND])
    await sessions.refresh()
    expect(guard.current.kind).toBe('nothing')
  })

  it('tells that a share link has ended, in the words that closed it', async () => {
    const { guard, becomes, wait, retries } = guardOf([new HttpProblem(401, 'unknown')], true)
    becomes(CONNECTED)
    await new Promise((resolve) => setImmediate(resolve))
    becomes(refused('The link was revoked.'))
    await wait()
    expect(guard.current).toEqual({ kind: 'ended', reason: 'The link was revoked.' })
    expect(retries()).toBe(0)
  })
})

describe('a page that gets no session', () => {
  it('is never blank and mute: it says what the server said, and asks who it is where that is refused', async () => {
    const { guard, becomes, wait } = guardOf([
      new HttpProblem(502, ''),
      new HttpProblem(401, 'This token was revoked.'),
    ])
    becomes(refused('Origin: "http://a" is not "b" (Host).'))
    await wait()
    expect(guard.current).toEqual({ kind: 'refused', reason: 'Origin: "http://a" is not "b" (Host).' })
    await wait()
    expect(guard.current).toEqual({ kind: 'signedOut', reason: 'This token was revoked.' })
  })
})
