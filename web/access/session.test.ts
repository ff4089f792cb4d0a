import { describe, expect, it } from 'vitest'
import { isSameSession, readSession } from './session.ts'

describe('an answer of /session', () => {
  it('tells of somebody who is signed in', () => {
    const user = { user_id: 3, username: 'mei', role: 'user', labels: ['North'] }
    expect(readSession({ kind: 'user', name: 'mei', may: ['view', 'command'], user })).toEqual({
      kind: 'user',
      name: 'mei',
      may: ['view', 'command'],
      user: { id: '3', username: 'mei', role: 'user', labels: ['North'] },
    })
  })

  it('tells of an admin, who sees all labels', () => {
    const user = { user_id: 1, username: 'admin', role: 'admin', labels: null }
    expect(readSession({ kind: 'user', name: 'admin', may: ['administer'], user }).user?.labels).toBeUndefined()
  })

  it('tells of a share link, of single streams and of whole labels', () => {
    const link = {
      name: 'Visitors',
      expires_at: 5,
      streams: [{ label: 'a', key: 'b' }, { label: 'c' }, { key: 'd' }, 7],
    }
    expect(readSession({ kind: 'link', name: 'Visitors', may: ['view'], link }).link).toEqual({
      name: 'Visitors',
      expiresAt: 5,
      showsMetadata: true,
      streams: [{ label: 'a', key: 'b' }, { label: 'c' }],
    })
  })

  it('allows nothing that this page does not know, and nothing that is not said', () => {
    expect(readSession({ kind: 'anonymous', name: '', may: ['fly', 'view', 1] }).may).toEqual(['view'])
    expect(readSession({ kind: 'anonymous', why: 'Sign in.' })).toMatchObject({ may: [], why: 'Sign in.' })
  })

  it('is refused when it is something else', () => {
    for (const answer of [undefined, null, 'x', {}, { kind: 'robot' }, { kind: 'user', may: [] }])
      expect(() => readSession(answer)).toThrow(TypeError)
  })
})

describe('two sessions', () => {
  it('are the same when nothing that is shown differs', () => {
    const one = { kind: 'user', name: 'mei', may: ['view'], user: { user_id: 3, username: 'mei', labels: ['a'] } }
    expect(isSameSession(readSession(one), readSession({ ...one, more: 1 }))).toBe(true)
    expect(isSameSession(readSession(one), readSession({ ...one, user: { ...one.user, labels: ['b'] } }))).toBe(false)
  })
})
